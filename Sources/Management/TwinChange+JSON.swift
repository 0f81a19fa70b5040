import JSON

extension TwinChange {
    /// From a body as `{"tags":{…},"properties":{"desired":{…}}}`. A whole twin, read and sent back, is fine too: its other members
    /// do not count, nor do `$version` and `$metadata` of its desired properties.
    /// - Throws: `.invalid` where a section is no object, and where there is none at all.
    init(parsing body: JSONObject) throws(ControlError) {
        self.init()
        if let properties = body["properties"] {
            guard let sections = properties.object else { throw Self.noObject("properties") }
            if let section = sections["desired"] {
                guard var desired = section.object else { throw Self.noObject("properties.desired") }
                desired["$version"] = nil
                desired["$metadata"] = nil
                self.desired = desired
            }
        }
        if let section = body["tags"] {
            guard let tags = section.object else { throw Self.noObject("tags") }
            self.tags = tags
        }
        if desired == nil && tags == nil {
            throw ControlError(.invalid, "the body changes nothing: properties.desired or tags is expected")
        }
    }

    private static func noObject(_ place: Text) -> ControlError {
        ControlError(.invalid, "\(place) is not a JSON object")
    }
}
