public import JSON
import ModuleIdentities

extension Twin {
    /// The whole document, as an operator sees it.
    ///
    ///     {"deviceId":…,"moduleId":…,"etag":…,"status":"enabled","connectionState":"Connected","version":3,"tags":{…},
    ///      "properties":{"desired":{…,"$metadata":{"$lastUpdated":…},"$version":2},"reported":{…}}}
    public func serviceView(connected: Bool) -> JSONObject {
        var view: JSONObject = ["deviceId": .string(identity.deviceID)]
        if let module = identity.moduleID { view["moduleId"] = .string(module) }
        view["etag"] = .string(etag)
        view["status"] = "enabled"
        view["connectionState"] = connected ? "Connected" : "Disconnected"
        view["version"] = .integer(Int64(clamping: revision))
        view["tags"] = .object(tags)
        view["properties"] = .object(["desired": .object(desired.serviceView), "reported": .object(reported.serviceView)])
        return view
    }

    /// What the module itself sees: `{"desired":{…,"$version":2},"reported":{…,"$version":1}}`. No tags, no metadata.
    public var deviceView: JSONObject {
        ["desired": .object(desired.deviceView), "reported": .object(reported.deviceView)]
    }
}

extension TwinSection {
    var deviceView: JSONObject {
        var view = properties
        view["$version"] = .integer(Int64(clamping: version))
        return view
    }

    var serviceView: JSONObject {
        var view = properties
        view["$metadata"] = .object(["$lastUpdated": .string(lastUpdated)])
        view["$version"] = .integer(Int64(clamping: version))
        return view
    }
}
