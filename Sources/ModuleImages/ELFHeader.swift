import JSON

/// The first bytes of a program or shared library: for which machine it was built.
public struct ELFHeader: Equatable, Sendable {
    /// What the file is for.
    public enum Kind: Sendable {
        case program
        /// Also what a position-independent program looks like.
        case sharedObject
        case other
    }

    /// The size of the part that is read: up to and with `e_flags` of a 32-bit header.
    public static let length = 40

    public let is64Bit: Bool
    public let isLittleEndian: Bool
    public let kind: Kind
    /// `EM_X86_64` 62, `EM_AARCH64` 183, `EM_ARM` 40, …
    public let machine: UInt16
    /// ARM: whether floating-point arguments travel in VFP registers; nil where the file does not say.
    public let hardFloat: Bool?

    /// nil: not an ELF file.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.length, bytes[0] == 0x7F, bytes[1...3].elementsEqual("ELF".utf8) else { return nil }
        is64Bit = bytes[4] == 2
        isLittleEndian = bytes[5] == 1
        let little = isLittleEndian
        func half(_ at: Int) -> UInt16 {
            let first = UInt16(bytes[at]), second = UInt16(bytes[at + 1])
            return little ? first | second << 8 : first << 8 | second
        }
        switch half(16) {
        case 2: kind = .program
        case 3: kind = .sharedObject
        default: kind = .other
        }
        machine = half(18)
        // EF_ARM_ABI_FLOAT_HARD 0x400, EF_ARM_ABI_FLOAT_SOFT 0x200 in the low half of e_flags.
        let flags = half(little ? 36 : 38)
        hardFloat = machine == 40 && !is64Bit ? (flags & 0x400 != 0 ? true : flags & 0x200 != 0 ? false : nil) : nil
    }

    /// The machine's usual name, with the width where the number alone does not tell.
    public var machineName: Text {
        switch machine {
        case 62: is64Bit ? "x86_64" : "x32"
        case 183: "arm64"
        case 40: hardFloat == true ? "armhf" : hardFloat == false ? "armel" : "arm"
        case 3: "i386"
        case 8: "mips"
        case 20: "powerpc"
        case 21: "powerpc64"
        case 22: "s390x"
        case 243: is64Bit ? "riscv64" : "riscv32"
        default: "ELF machine \(machine)"
        }
    }

    /// Whether this file can be loaded or run where `other` runs.
    public func fits(_ other: ELFHeader) -> Bool {
        guard machine == other.machine, is64Bit == other.is64Bit, isLittleEndian == other.isLittleEndian else { return false }
        guard let mine = hardFloat, let theirs = other.hardFloat else { return true }
        return mine == theirs
    }
}
