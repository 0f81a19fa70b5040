import JSON

extension TwinChange {
    /// From a body as `{"tags":{…},"properties":{"desired":{…}}}`. A whole twin, read and sent back, is fine too: its other members
    /// do not count.
    /// - Parameters:
    ///   - device: of the path; a `deviceId` in the body must agree.
    ///   - module: likewise; nil: the device's own twin.
    /// - Throws: `.invalid` where a section is no object, and where there is none at all.
    init(parsing body: JSONObject, device: Text, module: Text?) throws(ControlError) {
        self.init()
        try Self.mustAgree(body, "deviceId", device)
        try Self.mustAgree(body, "moduleId", module)
        if let properties = body["properties"] {
            guard let sections = properties.object else { throw Self.noObject("properties") }
            if let section = sections["desired"] {
                guard let desired = section.object else { throw Self.noObject("properties.desired") }
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

    private static func mustAgree(_ body: JSONObject, _ key: Text, _ name: Text?) throws(ControlError) {
        guard let value = body[key], !value.isNull, value != name.map({ .string($0) }) else { return }
        throw ControlError(.invalid, "\(key) is \(value.shown), but the path says \(name.map { $0.quoted } ?? "the device itself")")
    }

    private static func noObject(_ place: Text) -> ControlError {
        ControlError(.invalid, "\(place) is not a JSON object")
    }
}
