import JSON
import Messages
import ModuleIdentities

// `device`: who the device is, and who may connect to it.
extension ManifestReader {
    static func deviceSettings(_ cursor: ManifestCursor, folder: Text, _ readFile: FileReader) -> DeviceSettings? {
        let names: [Text] = ["id", "hubHostName", "gatewayHostName", "children", "connectionString", "connectionStringFile"]
        guard let object = cursor.object("device", only: names) else { return nil }
        let id = object.required("id", "\"id\": \"…\"")?.text(IdentifierRules.problem(inDeviceID:))
        var device = DeviceSettings(id: id ?? "")
        if let name = object.optional("hubHostName")?.text(IdentifierRules.problem(inHostName:)) { device.hubHostName = name }
        if let name = object.optional("gatewayHostName")?.text(IdentifierRules.problem(inHostName:)) { device.gatewayHostName = name }
        if let cursor = object.optional("children") { device.children = children(cursor, of: id) }
        readConnection(object, id: id, folder: folder, readFile, into: &device)
        return id == nil ? nil : device
    }

    /// A key is a secret: messages do not show it.
    private static func children(_ cursor: ManifestCursor, of own: Text?) -> [DownstreamDevice] {
        var devices: [DownstreamDevice] = []
        var seen: [Text: Bool] = [:]
        for child in cursor.array(max: 1000) ?? [] {
            guard let object = child.object("a child", only: ["id", "key"]) else { continue }
            let member = object.required("id", "\"id\": \"…\"")
            let id = member?.text(IdentifierRules.problem(inDeviceID:))
            if let id {
                if seen[id] != nil { member?.error("\(id.quoted) comes twice; ids of children must differ") }
                if id == own { member?.error("\(id.quoted) is device.id; a child is another device") }
                seen[id] = true
            }
            if let key = object.required("key", "\"key\": \"<base64>\"").flatMap(childKey), let id {
                devices.append(DownstreamDevice(id: id, key: key))
            }
        }
        return devices
    }

    private static func childKey(_ member: ManifestCursor) -> [UInt8]? {
        guard let text = member.text() else { return nil }
        guard !text.isEmpty, let key = Base64.decode(text) else {
            member.error("the key is not base64 (RFC 4648, with padding)")
            return nil
        }
        let lengths = SymmetricKeys.lengths
        guard lengths.contains(key.count) else {
            member.error("the key has \(key.count) bytes; a key has \(lengths.lowerBound) to \(lengths.upperBound)")
            return nil
        }
        return key
    }
}
