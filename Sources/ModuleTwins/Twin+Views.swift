public import JSON
import ModuleIdentities

extension Twin {
    /// The whole document, as an operator sees it: IoT Hub's fields in IoT Hub's order.
    ///
    ///     {"deviceId":…,"moduleId":…,"etag":…, … "version":3,"tags":{…}, …
    ///      "properties":{"desired":{…,"$metadata":{…},"$version":2},"reported":{…}}}
    ///
    /// What has no meaning on a device is there with the value that IoT Hub gives it. `moduleId` is of modules only; `capabilities` and
    /// scopes are the device's.
    public func serviceView(_ standing: TwinStanding) -> JSONObject {
        let isDevice = identity.moduleID == nil
        // No time, as IoT Hub says it.
        let never: JSON = "0001-01-01T00:00:00"
        var view: [(Text, JSON)] = [("deviceId", .string(identity.deviceID))]
        if let module = identity.moduleID { view.append(("moduleId", .string(module))) }
        view.append(("etag", .string(etag)))
        view.append(("deviceEtag", .string(standing.deviceEtag)))
        view.append(("status", "enabled"))
        view.append(("statusReason", nil))
        view.append(("statusUpdateTime", never))
        view.append(("connectionState", standing.isConnected ? "Connected" : "Disconnected"))
        view.append(("lastActivityTime", standing.lastActivityMs.map { .string(Text(iso8601Ms: $0)) } ?? never))
        view.append(("cloudToDeviceMessageCount", .integer(Int64(standing.cloudToDeviceMessages))))
        view.append(("authenticationType", .string(standing.authenticationType)))
        view.append(("x509Thumbprint", ["primaryThumbprint": nil, "secondaryThumbprint": nil]))
        view.append(("modelId", ""))
        view.append(("version", .integer(Int64(clamping: revision))))
        view.append(("tags", .object(tags.properties)))
        view.append(("configurations", [:]))
        if isDevice {
            let gateway = standing.gatewayScope
            view.append(("capabilities", ["iotEdge": .bool(gateway == nil)]))
            view.append(("deviceScope", .string(gateway ?? scope)))
            view.append(("parentScopes", .array(gateway.map { [.string($0)] } ?? [])))
        }
        let (desired, reported) = (desired.serviceView(withVersions: true), reported.serviceView(withVersions: false))
        view.append(("properties", ["desired": .object(desired), "reported": .object(reported)]))
        return JSONObject(view)
    }

    /// What devices have in common that have this one as their gateway. (IoT Hub's form)
    public var scope: Text { "ms-azure-iot-edge://\(identity.deviceID)-\(generation)" }

    /// What the module itself sees: `{"desired":{…,"$version":2},"reported":{…,"$version":1}}`. No tags, no metadata.
    public var deviceView: JSONObject {
        ["desired": .object(desired.view()), "reported": .object(reported.view())]
    }
}

extension TwinSection {
    /// With when each member was last written; the section itself tells of its last change, and of no version if there was none.
    fileprivate func serviceView(withVersions: Bool) -> JSONObject {
        let own = TwinStamp(ms: lastUpdatedMs, version: version).metadata(withVersion: withVersions && version > 1)
        let members = tree.metadata(withVersions: withVersions).members
        return view(JSONObject.Member(key: "$metadata", value: .object(JSONObject(members: own.members + members))))
    }

    fileprivate func view(_ metadata: JSONObject.Member? = nil) -> JSONObject {
        var members = tree.properties.members
        if let metadata { members.append(metadata) }
        members.append(JSONObject.Member(key: "$version", value: .integer(Int64(clamping: version))))
        return JSONObject(members: members)
    }
}
