public import JSON

extension TwinTree {
    /// All members as JSON.
    public var properties: JSONObject { changed(after: nil) }

    /// The members whose stamp has a later version than this one: objects as far as they changed, everything else whole.
    ///
    /// What was deleted is not there any more to be told; an object from which something was deleted may come without members.
    public func changed(after version: UInt64) -> JSONObject { changed(after: Optional(version)) }

    private func changed(after version: UInt64?) -> JSONObject {
        read { TwinTree.object($0, changedAfter: version) }
    }

    private static func object(_ members: TwinReader, changedAfter version: UInt64?) -> JSONObject {
        var reader = members
        var result: [JSONObject.Member] = []
        while let member = reader.member() {
            if let version, member.stamp.version <= version { continue }
            let value =
                member.value.tag == .object
                ? .object(object(reader.inside(member), changedAfter: version)) : value(member.value, of: reader)
            result.append(JSONObject.Member(key: Text(utf8: reader.slice(member.key)), value: value))
        }
        return JSONObject(members: result)
    }

    @inline(never)
    private static func value(_ value: TwinValue, of reader: TwinReader) -> JSON {
        switch value.tag {
        case .null: return .null
        case .false: return .bool(false)
        case .true: return .bool(true)
        case .integer: return .integer(reader.integer(value))
        case .number: return .number(reader.number(value))
        case .string: return .string(Text(utf8: reader.slice(value.payload)))
        case .array:
            var elements: [JSON] = []
            var inner = reader.inside(value)
            while let element = inner.element() { elements.append(self.value(element, of: inner)) }
            return .array(elements)
        case .object: return .object(object(reader.inside(value), changedAfter: nil))
        }
    }
}
