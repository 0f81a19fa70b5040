import JSON

extension RegisteredIdentity {
    /// An entry of IoT Hub's registry.
    /// - Parameter device: the id of this device.
    func registryEntry(of device: Text) -> JSON {
        var authentication: JSONObject = ["type": keys == nil ? "none" : "sas"]
        if let keys {
            authentication["symmetricKey"] = ["primaryKey": .string(keys.primary), "secondaryKey": .string(keys.secondary)]
        }
        var entry = JSONObject()
        if let moduleID {
            entry["moduleId"] = .string(moduleID)
            entry["managedBy"] = .string(managedBy)
        }
        entry["deviceId"] = .string(downstreamDevice ?? device)
        entry["generationId"] = .string(generationID)
        entry["etag"] = .string(etag)
        if moduleID == nil {
            entry["status"] = "enabled"
            entry["capabilities"] = ["iotEdge": .bool(downstreamDevice == nil)]
        }
        entry["authentication"] = .object(authentication)
        return .object(entry)
    }

    /// An entry of IoT Edge's management API, which shows no keys.
    @inline(never)
    var edgeEntry: JSON {
        [
            "moduleId": .string(moduleID ?? ""), "managedBy": .string(managedBy), "generationId": .string(generationID),
            "authType": keys == nil ? "None" : "Sas",
        ]
    }
}
