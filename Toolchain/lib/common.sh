# shellcheck shell=bash disable=SC2034
# What every script in this folder shares: messages, places, and the table of boards. Sourced, not run.

# The repository's own folder.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BOARDS=(x86_64 arm64 armhf armel)

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "error: $*"; exit 1; }

# Prints the comment on top of the calling script.
usage() { sed -n '2,/^[^#]/{/^#/!d;s/^# \{0,1\}//;p}' "$0"; }

# The toolchain's `usr` folder, of whatever `swift` is on the path.
swift_usr() {
    command -v swift > /dev/null || die "no swift on the PATH: install Swift 6.3 from https://www.swift.org/install/linux"
    local library
    library=$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1/p')
    [ -d "$library/lib/swift/embedded" ] || die "$library has no Embedded Swift library (lib/swift/embedded): a toolchain of swift.org has it"
    printf '%s\n' "$library"
}

# Sets what differs from board to board:
#   DEBIAN   Debian's name of the architecture       GNU      its multiarch triple
#   TRIPLE   Swift's target                          STDLIB   the toolchain's Embedded library for it
#   CPU      clang flags that choose the processor   EMULATOR what runs its programs here (empty: nothing needed)
#   LDSO     the dynamic linker
board() {
    BOARD=$1
    CPU=()
    EMULATOR=()
    case $BOARD in
        x86_64)
            DEBIAN=amd64 GNU=x86_64-linux-gnu TRIPLE=x86_64-unknown-linux-gnu STDLIB=$TRIPLE
            LDSO=/lib64/ld-linux-x86-64.so.2 ;;
        arm64)
            DEBIAN=arm64 GNU=aarch64-linux-gnu TRIPLE=aarch64-none-none-elf STDLIB=$TRIPLE
            EMULATOR=(qemu-aarch64-static) LDSO=/lib/ld-linux-aarch64.so.1 ;;
        armhf) # ARMv7, hard float: the toolchain has the library for soft-float calls only; see `sdk`
            DEBIAN=armhf GNU=arm-linux-gnueabihf TRIPLE=armv7-none-none-eabihf STDLIB=armv7-none-none-eabi
            CPU=(-march=armv7-a -mfpu=vfpv3-d16 -mfloat-abi=hard)
            EMULATOR=(qemu-arm-static) LDSO=/lib/ld-linux-armhf.so.3 ;;
        armel) # ARMv6, soft float: Raspberry Pi 1 and Zero
            DEBIAN=armel GNU=arm-linux-gnueabi TRIPLE=armv6-none-none-eabi STDLIB=$TRIPLE
            CPU=(-march=armv6 -mfloat-abi=soft)
            EMULATOR=(qemu-arm-static -cpu arm1176) LDSO=/lib/ld-linux.so.3 ;;
        *) die "no board named '$BOARD'; known: ${BOARDS[*]}" ;;
    esac
    SDKS=$ROOT/.boards/bundles # not .sdk: SwiftPM takes a path with ".sdk" in it for one of Apple's and rewrites it
    SDK=martlet-$BOARD
    BUNDLE=$SDKS/$SDK.artifactbundle
    SYSROOT=$BUNDLE/$BOARD/sysroot
    SCRATCH=$ROOT/.build-$BOARD
    DIST=$ROOT/dist/$BOARD
}

# `swift build` in release mode for the board that `board` chose; more arguments are passed on.
swift_build() {
    PKG_CONFIG_LIBDIR="$SYSROOT/usr/lib/$GNU/pkgconfig" PKG_CONFIG_PATH="$SYSROOT/usr/lib/$GNU/pkgconfig" \
        swift build -c release --swift-sdks-path "$SDKS" --swift-sdk "$SDK" --disable-local-rpath "$@"
}

# Runs a program of the board, here.
run_on_board() {
    if [ ${#EMULATOR[@]} -eq 0 ]; then "$@"; else "${EMULATOR[@]}" -L "$SYSROOT" "$@"; fi
}
