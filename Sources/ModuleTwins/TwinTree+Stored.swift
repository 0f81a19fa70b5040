import JSON

extension TwinTree {
    /// What was stored before; nil: it is damaged.
    ///
    /// Every length, tag, time, number and UTF-8 sequence is checked, and that nothing is nested deeper than JSON text may be.
    public init?(stored bytes: [UInt8]) {
        let size: Int? = bytes.withUnsafeBytes { bytes in
            TwinTree.areReadable(TwinReader(bytes), depth: 1) ? TwinReader(bytes).size : nil
        }
        guard let size else { return nil }
        self.init(trusted: bytes, size: size)
    }

    /// - Parameter depth: 1 for the members of the tree itself.
    private static func areReadable(_ members: TwinReader, depth: Int) -> Bool {
        var reader = members
        while let member = reader.member() {
            guard !reader.isDamaged, UTF8Check.isWellFormed(reader.slice(member.key)) else { return false }
            guard isReadable(member.value, in: reader, depth: depth) else { return false }
        }
        return true
    }

    @inline(never)
    private static func isReadable(_ value: TwinValue, in reader: TwinReader, depth: Int) -> Bool {
        switch value.tag {
        case .null, .false, .true, .integer: return true
        case .number: return reader.number(value).isFinite
        case .string: return UTF8Check.isWellFormed(reader.slice(value.payload))
        case .object: return depth < JSON.maximumDepth && areReadable(reader.inside(value), depth: depth + 1)
        case .array:
            guard depth < JSON.maximumDepth else { return false }
            var inner = reader.inside(value)
            while let element = inner.element() {
                guard !inner.isDamaged, isReadable(element, in: inner, depth: depth + 1) else { return false }
            }
            return true
        }
    }
}
