import JSON
import Messages
import ModuleIdentities

// `device`: who the device is, and who may connect to it.
extension ManifestReader {
    static func deviceSettings(_ cursor: ManifestCursor) -> DeviceSettings? {
        let names: [Text] = ["id", "hubHostName", "gatewayHostName", "children", "connectionString", "connectionStringFile"]
        guard let object = cursor.object("device", only: names) else { return nil }
        let id = object.required("id", "\"id\": \"…\"")?.text(IdentifierRules.problem(inDeviceID:))
        var device = DeviceSettings(id: id ?? "")
        if let name = object.optional("hubHostName")?.text(IdentifierRules.problem(inHostName:)) { device.hubHostName = name }
        if let name = object.optional("gatewayHostName")?.text(IdentifierRules.problem(inHostName:)) { device.gatewayHostName = name }
        object.optional("children").map(checkChildren)
        checkConnection(object)
        return id == nil ? nil : device
    }

    private static func checkChildren(_ cursor: ManifestCursor) {
        guard let children = cursor.array(max: 1000) else { return }
        var seen: [Text] = []
        for child in children {
            guard let object = child.object("a child", only: ["id", "key"]) else { continue }
            if let member = object.required("id", "\"id\": \"…\""), let id = member.text(IdentifierRules.problem(inDeviceID:)) {
                if seen.contains(id) { member.error("\(id.quoted) comes twice; ids of children must differ") }
                seen.append(id)
            }
            if let key = object.required("key", "\"key\": \"<base64>\""), let text = key.text() {
                // A key is a secret: messages do not show it.
                if text.isEmpty || Base64.decode(text) == nil { key.error("the key is not base64 (RFC 4648, with padding)") }
            }
        }
        if !children.isEmpty { cursor.note("downstream devices are not served yet") }
    }

    /// The text of a connection string is a secret: messages do not show it.
    private static func checkConnection(_ object: ManifestObject) {
        let string = object.optional("connectionString")
        let file = object.optional("connectionStringFile")
        if let string {
            let isGood = string.value.string.map { text in
                let names = text.utf8.split(separator: UInt8(ascii: ";")).map { Text(utf8: $0.prefix { $0 != UInt8(ascii: "=") }) }
                return names.contains("HostName") && names.contains("DeviceId")
            }
            if isGood != true { string.error("this is not a connection string; use \"HostName=…;DeviceId=…;SharedAccessKey=…\"") }
        }
        _ = file?.nonEmptyText()
        if string != nil, file != nil { file?.error("connectionString is there too; keep one of them") }
        (string ?? file)?.note("the connection to the cloud is not used yet")
    }
}
