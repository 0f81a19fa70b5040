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
        object.optional("children").map(checkChildren)
        readConnection(object, id: id, folder: folder, readFile, into: &device)
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
}
