import JSON

extension TwinTree {
    /// As IoT Hub counts it: see `JSONObject.twinSize`.
    public var size: Int { read(TwinTree.size) }

    private static func size(of members: TwinReader) -> Int {
        var reader = members
        var size = 0
        while let member = reader.member() { size += member.key.count + self.size(of: member.value, in: reader) }
        return size
    }

    @inline(never)
    private static func size(of value: TwinValue, in reader: TwinReader) -> Int {
        switch value.tag {
        case .null, .false, .true: return 4
        case .integer, .number: return 8
        case .string: return TwinSize.string(reader.slice(value.payload))
        case .array:
            var inner = reader.inside(value)
            var size = 0
            while let element = inner.element() { size += self.size(of: element, in: inner) }
            return size
        case .object: return self.size(of: reader.inside(value))
        }
    }
}
