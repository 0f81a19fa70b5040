import JSON
import ModuleIdentities

extension IdentityChange {
    /// From a body of IoT Hub's registry: `{"moduleId","deviceId","managedBy","authentication":{"type","symmetricKey":{…}}}`. An entry
    /// that was read and is sent back is fine too: `generationId`, `etag` and what else IoT Hub shows do not count.
    /// - Parameters:
    ///   - device: of the path; a `deviceId` in the body must agree.
    ///   - module: likewise.
    init(parsing body: JSONObject, device: Text, module: Text) throws(ControlError) {
        self.init()
        for member in body {
            switch member.key {
            case "deviceId": try Self.mustAgree(member, device)
            case "moduleId": try Self.mustAgree(member, module)
            case "managedBy": managedBy = try Self.managedBy(member.value)
            case "authentication": authentication = try Self.authentication(member.value)
            default: try Self.mayIgnore(member.key)
            }
        }
    }

    /// What IoT Hub shows of a module identity and sets itself.
    private static func mayIgnore(_ key: Text) throws(ControlError) {
        let shown: [Text] = [
            "generationId", "etag", "connectionState", "connectionStateUpdatedTime", "lastActivityTime", "cloudToDeviceMessageCount",
        ]
        guard !shown.contains(key) else { return }
        throw ControlError(.invalid, "\(key.quoted) is no member of a module identity: managedBy and authentication can be set")
    }

    private static func mustAgree(_ member: JSONObject.Member, _ name: Text) throws(ControlError) {
        guard member.value != .string(name) else { return }
        throw ControlError(.invalid, "\(member.key) is \(member.value.shown), but the path says \(name.quoted)")
    }

    private static func managedBy(_ value: JSON) throws(ControlError) -> Text {
        if value.isNull { return "" }
        let longest = IdentityRecord.longestManagedBy
        guard let text = value.string, text.utf8.count <= longest else {
            throw ControlError(.invalid, "managedBy is \(value.shown): a string of at most \(longest) bytes is expected")
        }
        return text
    }

    private static func authentication(_ value: JSON) throws(ControlError) -> Authentication? {
        if value.isNull { return nil }
        var type: Text = "sas"
        var keys: JSON = .null
        for member in try object(value, "authentication") {
            switch member.key {
            case "type":
                guard let text = member.value.string, text == "sas" || text == "none" else {
                    throw ControlError(
                        .invalid, "authentication.type is \(member.value.shown): \"sas\" or \"none\" is expected; this host knows no other")
                }
                type = text
            case "symmetricKey": keys = member.value
            // IoT Hub shows it beside the keys; there is none here.
            case "x509Thumbprint" where isEmpty(member.value): break
            default:
                throw ControlError(.invalid, "authentication: \(member.key.quoted) is not known here: type and symmetricKey are expected")
            }
        }
        if type == "none" {
            guard isEmpty(keys) else {
                throw ControlError(
                    .invalid, "authentication.symmetricKey: an identity of type none has no keys; leave them out, or say sas")
            }
            return Authentication.none
        }
        if isEmpty(keys) { return .derivedKeys }
        let place: Text = "authentication.symmetricKey"
        let both = try object(keys, place)
        for member in both where member.key != "primaryKey" && member.key != "secondaryKey" {
            throw ControlError(.invalid, "\(place): \(member.key.quoted) is not known here: primaryKey and secondaryKey are expected")
        }
        return .keys(primary: try key(both, place, "primaryKey"), secondary: try key(both, place, "secondaryKey"))
    }

    /// The bytes of a key. Its value is never in the message, nor is what stands in the place of a key.
    private static func key(_ keys: JSONObject, _ place: Text, _ name: Text) throws(ControlError) -> [UInt8] {
        let wrong: Text
        if let text = keys[name]?.string {
            if let bytes = Base64.decode(text) {
                if SymmetricKeys.lengths.contains(bytes.count) { return bytes }
                wrong = "has \(bytes.count) bytes"
            } else {
                wrong = "is no base64"
            }
        } else {
            wrong = keys[name].map { $0.isNull } ?? true ? "is missing" : "is no string"
        }
        let lengths = SymmetricKeys.lengths
        throw ControlError(
            .invalid, "\(place).\(name) \(wrong): base64 of \(lengths.lowerBound) to \(lengths.upperBound) bytes is expected")
    }

    private static func object(_ value: JSON, _ place: Text) throws(ControlError) -> JSONObject {
        guard let object = value.object else { throw ControlError(.invalid, "\(place) is no JSON object") }
        return object
    }

    /// null, or an object of nulls or empty strings, as IoT Hub shows what is not set, and as its SDKs ask for keys of its choice.
    private static func isEmpty(_ value: JSON) -> Bool {
        guard let object = value.object else { return value.isNull }
        for member in object where !member.value.isNull && member.value != "" { return false }
        return true
    }
}
