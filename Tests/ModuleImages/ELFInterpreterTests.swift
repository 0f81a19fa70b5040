import ModuleImages
import Testing

/// The head of a 64-bit program whose first program header names its interpreter at `nameOffset`.
private func head(tableOffset: UInt64 = 64, nameOffset: UInt64 = 120) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 256)
    bytes.replaceSubrange(0..<7, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1])
    func put(_ value: UInt64, _ width: Int, at: Int) {
        for index in 0..<width { bytes[at + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
    put(3, 2, at: 16)
    put(62, 2, at: 18)
    put(tableOffset, 8, at: 32)
    put(56, 2, at: 54)
    put(1, 2, at: 56)
    put(3, 4, at: 64)
    put(nameOffset, 8, at: 72)
    bytes.replaceSubrange(120..<130, with: Array("/lib/ld.so".utf8))
    return bytes
}

@Test func `the interpreter of a program is found`() {
    #expect(ELFInterpreter.path(in: head()) == "/lib/ld.so")
}

@Test(arguments: [UInt64.max, 1 << 63, UInt64(Int64.max), 253, 256])
func `a header that points nowhere names no interpreter`(offset: UInt64) {
    #expect(ELFInterpreter.path(in: head(tableOffset: offset)) == nil)
}

@Test(arguments: [UInt64.max, 1 << 63, UInt64(Int64.max), 256])
func `a name that lies nowhere is no interpreter`(offset: UInt64) {
    #expect(ELFInterpreter.path(in: head(nameOffset: offset)) == nil)
}
