# shellcheck shell=bash
# How the program is built, and what is measured in its place. Sourced after common.sh, not run.

# The program is optimized for size against speed; modules, where somebody's loops are, keep LLVM's own choice. What grows by
# inlining stays a call; constants are made where they are used, instead of once in front of a loop and then kept on the stack.
small=(-inline-threshold=0 -disable-machine-licm -disable-constant-hoisting -split-spill-mode=size)
# Of the standard library, as compiled for our types, what is called from so many places that its copies in them cost 1 KB or more.
calls='$eSS1poiyS2S_SStFZ' # String + String
calls+=',$es16IndexingIteratorV4next7ElementQzSgyFSS8UTF8ViewV_Tg5' # the next byte of a String's UTF8View
calls+=',$eSaySayxGqd__c7ElementQyd__RszSTRd__lufCs5UInt8V_SS8UTF8ViewVTt0g5' # [UInt8](String.UTF8View)
calls+=',$eSTsSQ7ElementRpzrlE6starts4withSbqd___tSTRd__AAQyd__ABRSlFSS8UTF8ViewV_AGTg5' # UTF8View.starts(with: UTF8View)
calls+=',$eSS8decoding2asSSx_q_mtcSlRzs16_UnicodeEncodingR_8CodeUnitQy_7ElementRtzr0_lufCSays5UInt8VG_s0C0O4UTF8OTt0t1g5' # String([UInt8])
calls+=',$eSa6appendyyxnFs5UInt8V_Tg5,$eSa034_makeUniqueAndReserveCapacityIfNotB0yyFs5UInt8V_Tg5' # [UInt8].append
calls+=',$eSa6appendyyxnF4JSON4TextV_Tg5,$es15ContiguousArrayV6appendyyxnF4JSON4TextV_Tg5' # [Text].append
calls+=',$es15ContiguousArrayV15reserveCapacityyySiF4JSON4TextV_Tg5' # its reserveCapacity
calls+=',$es17FixedWidthIntegerPsEyxSgSScfCSi_Tt1g5,$es17FixedWidthIntegerPsEyxSgSScfCs5Int32V_Tt1g5' # Int(String), Int32(String)
calls+=',$es16IndexingIteratorV4next7ElementQzSgyFSay4JSON10JSONObjectV6MemberVG_Tg5' # the next member of a JSONObject
calls+=',$e4JSONAAO21__derived_enum_equalsySbAB_ABtFZ' # JSON == JSON
calls+=',$eSa6appendyyxnFSS_Tg5,$es15ContiguousArrayV6appendyyxnFSS_Tg5,$es15ContiguousArrayV15reserveCapacityyySiFSS_Tg5' # the same of [String]
calls+=',$eSa6appendyyxnF4JSON4TextV_A2BOt_Tg5' # [(Text, JSON)].append
calls+=',$es15ContiguousArrayV6appendyyxnF4JSONADO_Tg5' # [JSON], as map collects it
calls+=',$es15ContiguousArrayV15reserveCapacityyySiF4JSONADO_Tg5' # its reserveCapacity
calls+=',$eSa6appendyyxnFs10ArraySliceVys5UInt8VG_Tg5,$eSa6appendyyxnF4HTTP13RequestTargetV9QueryItemV_Tg5' # parts of a request's path
calls+=',$es16IndexingIteratorV4next7ElementQzSgyFSaySSG_Tg5,$es16IndexingIteratorV4next7ElementQzSgyFSay4JSON4TextVG_Tg5' # the next String, Text
calls+=',$es16IndexingIteratorV4next7ElementQzSgyFSay10Deployment7FindingVG_Tg5' # the next finding
calls+=',$eSTsSQ7ElementRpzrlE8containsySbABFSay4JSON4TextVG_Tg5' # [Text].contains
calls+=',$eSlsE3mapySayqd__Gqd__7ElementQzqd_0_YKXEqd_0_YKs5ErrorRd_0_r0_lFSay4JSON4TextVG_SSs5NeverOTg5' # [Text].map, to [String]
calls+=',$eSq3mapyqd_0_Sgqd_0_xqd__YKXEqd__YKs5ErrorRd__Ri_d_0_r0_lF4JSON4TextV_s5NeverOAFTg5' # Text?.map, to Text?
calls+=',$eSasSQRzlE2eeoiySbSayxG_ABtFZ4JSONACO_Tt1g5' # [JSON] == [JSON]
calls+=',$eSDyq_Sgxciss5Int32V_SiTg5' # [Int32: Int], set

# Builds a product of the package for the board that `board` chose, as the program is. What it is made of: SCRATCH/PRODUCT.map
program_build() {
    local product=$1 option link
    link=("-Map=$SCRATCH/$product.map" "--lto-obj-path=$SCRATCH/$TRIPLE/release/$product.lto.o") # all our code, named as the map has it
    # The self-test of mbedTLS's X.509, which is never called, would bring 55 KB of its test certificates.
    for option in ca_crt ca_crt_len cli_crt cli_crt_len; do link+=("--defsym=mbedtls_test_$option=0"); done
    for option in "${small[@]}"; do link+=(-mllvm "$option"); done
    mapfile -t link < <(printf -- '-Xlinker\n%s\n' "${link[@]}")
    swift_build --package-path "$ROOT" --scratch-path "$SCRATCH" --product "$product" "${link[@]}" \
        -Xswiftc -Xllvm -Xswiftc "-sil-inline-never-function=$calls" >&2
}
