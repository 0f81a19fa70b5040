/// How long an ELF file must be to hold what its header promises.
///
/// A file that is shorter was cut off, for example while it was copied. The dynamic linker maps it all the same, and who reads
/// behind its end is ended by SIGBUS.
enum ELFExtent {
    /// What a file's first bytes must include: the header and, where every linker puts them, the program headers.
    static let headLength = 4096

    private static let loadableSegment: UInt64 = 1

    /// - Parameter head: the first bytes of the file.
    /// - Returns: bytes; nil for what is no ELF file.
    static func minimumSize(_ head: [UInt8]) -> UInt64? {
        guard let header = ELFHeader(head) else { return nil }
        let wide = header.is64Bit
        let word = wide ? 8 : 4
        func number(_ at: Int, _ width: Int) -> UInt64? {
            guard at >= 0, at <= head.count - width else { return nil }
            let bytes = head[at..<at + width]
            var value: UInt64 = 0
            if header.isLittleEndian {
                for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
            } else {
                for byte in bytes { value = value << 8 | UInt64(byte) }
            }
            return value
        }
        func end(_ offset: UInt64?, _ size: UInt64?) -> UInt64 {
            guard let offset, let size else { return .max }
            let (end, isTooLarge) = offset.addingReportingOverflow(size)
            return isTooLarge ? .max : end
        }
        /// The end of a table of headers: its offset, the size of one, how many.
        func tableEnd(_ offset: UInt64?, _ size: UInt64?, _ count: UInt64?) -> UInt64 {
            guard let size, let count else { return .max }
            return end(offset, size * count)
        }
        let segments = number(wide ? 32 : 28, word), size = number(wide ? 54 : 42, 2), count = number(wide ? 56 : 44, 2)
        let sections = tableEnd(number(wide ? 40 : 32, word), number(wide ? 58 : 46, 2), number(wide ? 60 : 48, 2))
        var least = max(tableEnd(segments, size, count), sections)
        guard let segments, let size, let count else { return least }
        for index in 0..<count {
            let (entry, isTooLarge) = segments.addingReportingOverflow(index * size)
            // Program headers in another place are not looked at; the sections, which follow all content, tell enough.
            guard !isTooLarge, entry < UInt64(head.count), let kind = number(Int(entry), 4) else { break }
            guard kind == loadableSegment else { continue }
            least = max(least, end(number(Int(entry) + (wide ? 8 : 4), word), number(Int(entry) + (wide ? 32 : 16), word)))
        }
        return least
    }
}
