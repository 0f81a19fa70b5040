public import JSON

extension TwinTree {
    /// When each member was last written, in the shape of the tree; arrays are one member.
    ///
    ///     {"a": {"$lastUpdated": "2026-11-23T02:29:07.123Z", "$lastUpdatedVersion": 7, "b": {"$lastUpdated": …}}}
    ///
    /// - Parameter withVersions: `$lastUpdatedVersion` too, which IoT Hub shows of desired properties only.
    public func metadata(withVersions: Bool) -> JSONObject {
        read { TwinTree.metadata($0, [], withVersions: withVersions) }
    }

    private static func metadata(_ members: TwinReader, _ own: [JSONObject.Member], withVersions: Bool) -> JSONObject {
        var reader = members
        var result = own
        while let member = reader.member() {
            let stamp = member.stamp.metadata(withVersion: withVersions)
            let value =
                member.value.tag == .object ? metadata(reader.inside(member), stamp.members, withVersions: withVersions) : stamp
            result.append(JSONObject.Member(key: Text(utf8: reader.slice(member.key)), value: .object(value)))
        }
        return JSONObject(members: result)
    }
}

extension TwinStamp {
    /// `{"$lastUpdated": "2026-11-23T02:29:07.123Z", "$lastUpdatedVersion": 7}`
    func metadata(withVersion: Bool) -> JSONObject {
        let time: JSON = .string(Text(iso8601Ms: ms))
        return withVersion
            ? ["$lastUpdated": time, "$lastUpdatedVersion": .integer(Int64(clamping: version))] : ["$lastUpdated": time]
    }
}
