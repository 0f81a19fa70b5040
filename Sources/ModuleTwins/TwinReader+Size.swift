extension TwinReader {
    /// Of the members that are left: see `TwinTree.size`.
    var size: Int {
        var reader = self
        var size = 0
        while let member = reader.member() { size += member.key.count + reader.size(of: member.value) }
        return size
    }

    /// Of a value.
    @inline(never)
    func size(of value: TwinValue) -> Int {
        switch value.tag {
        case .null, .false, .true: return 4
        case .integer, .number: return 8
        case .string: return TwinSize.string(slice(value.payload))
        case .array:
            var inner = inside(value)
            var size = 0
            while let element = inner.element() { size += inner.size(of: element) }
            return size
        case .object: return inside(value).size
        }
    }
}
