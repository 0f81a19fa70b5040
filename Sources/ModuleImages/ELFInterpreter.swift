/// The dynamic linker that a program names in its PT_INTERP header.
public enum ELFInterpreter {
    private static let programHeaderInterpreter = 3

    /// - Parameter head: the first bytes of the file; linkers put program headers and the name there.
    /// - Returns: nil for a static program, and for what is no ELF file of this machine's byte order.
    public static func path(in head: [UInt8]) -> String? {
        guard let header = ELFHeader(head), header.isLittleEndian else { return nil }
        let wide = header.is64Bit
        func number(_ at: Int, _ width: Int) -> Int? {
            guard at >= 0, at <= head.count - width else { return nil }
            return (0..<width).reversed().reduce(0) { $0 << 8 | Int(truncatingIfNeeded: head[at + $1]) }
        }
        guard let table = number(wide ? 32 : 28, wide ? 8 : 4), let size = number(wide ? 54 : 42, 2), let count = number(wide ? 56 : 44, 2)
        else { return nil }
        for index in 0..<count {
            let entry = table + index * size
            guard let kind = number(entry, 4) else { return nil }
            guard kind == programHeaderInterpreter else { continue }
            guard let offset = number(entry + (wide ? 8 : 4), wide ? 8 : 4), offset >= 0,
                offset < head.count
            else { return nil }
            return String(decoding: head[offset...].prefix { $0 != 0 }, as: UTF8.self)
        }
        return nil
    }
}
