/// Finds what is not UTF-8.
public enum UTF8Check {
    /// Whether all of it is UTF-8.
    public static func isWellFormed(_ bytes: UnsafeRawBufferPointer) -> Bool { firstFault(in: bytes) == nil }

    /// The offset of the first byte that is not part of a well-formed sequence (Unicode table 3-7); nil if all are.
    static func firstFault(in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index < bytes.count {
            let length = length(at: index, of: bytes)
            if length == 0 { return index }
            index += length
        }
        return nil
    }

    /// Of the sequence that begins here; 0 if none does.
    private static func length(at index: Int, of bytes: UnsafeRawBufferPointer) -> Int {
        let length = length(of: bytes[index], index + 1 < bytes.count ? bytes[index + 1] : 0)
        guard length > 1 else { return length }
        guard index + length <= bytes.count else { return 0 }
        return bytes[index + 1..<index + length].allSatisfy { $0 & 0xC0 == 0x80 } ? length : 0
    }

    /// Of the sequence that begins with two bytes; 0 if none does. What follows them is not known.
    static func length(of first: UInt8, _ second: UInt8) -> Int {
        let length: Int
        let seconds: ClosedRange<UInt8>
        switch first {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: (length, seconds) = (2, 0x80...0xBF)
        case 0xE0: (length, seconds) = (3, 0xA0...0xBF)
        case 0xED: (length, seconds) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, seconds) = (3, 0x80...0xBF)
        case 0xF0: (length, seconds) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, seconds) = (4, 0x80...0xBF)
        case 0xF4: (length, seconds) = (4, 0x80...0x8F)
        default: return 0
        }
        return seconds.contains(second) ? length : 0
    }
}
