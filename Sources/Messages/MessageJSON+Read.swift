public import JSON
import ModuleIdentities

extension MessageJSON {
    /// A message that a module sends: `output`, `properties`, `systemProperties` and one of `body`, `bodyText` and `bodyBase64`.
    ///
    /// `sender` is the module as the host knows it. What only the hub says is left out. Anything unknown is refused.
    public static func message(from object: JSONObject, sender: Text) throws(MessageError) -> Message {
        try message(from: object, sender: sender, members: ["output", "properties", "systemProperties", "body", "bodyText", "bodyBase64"])
    }

    /// A message of which the text itself says who sends it: `module` or `device`, and `output` may be there. The body may be missing: empty.
    public static func message(from object: JSONObject) throws(MessageError) -> Message {
        let members: [Text] = ["module", "device", "output", "properties", "systemProperties", "body", "bodyText", "bodyBase64"]
        return try message(from: object, sender: nil, members: members)
    }

    private static func message(from object: JSONObject, sender: Text?, members: [Text]) throws(MessageError) -> Message {
        for member in object where !members.contains(member.key) {
            throw MessageError("\(member.key.quoted) is not known in a message; use \(members.listed(last: "or"))")
        }
        var module = try text("module", of: object) ?? ""
        if let device = try text("device", of: object) {
            if !module.isEmpty { throw MessageError("a message has only one of module and device") }
            if let problem = IdentifierRules.problem(inDeviceID: device) { throw MessageError("device: \(problem)") }
            module = ClientName.downstream(device)
        }
        let output = try text("output", of: object) ?? ""
        let properties = try properties("properties", of: object)
        var systemProperties = try self.properties("systemProperties", of: object)
        if sender != nil { systemProperties.removeAll { MessageRules.isHubs($0.name) } }
        let body = try body(of: object, isRequired: sender != nil)
        if object["body"] != nil {
            addDefault("contentType", "application/json", to: &systemProperties)
            addDefault("contentEncoding", "utf-8", to: &systemProperties)
        }
        let message = Message(
            module: sender ?? module, output: output, body: body, properties: properties, systemProperties: systemProperties,
            isChecked: true)
        if let problem = MessageRules.problem(with: message) { throw MessageError(problem) }
        return message
    }

    private static func body(of object: JSONObject, isRequired: Bool) throws(MessageError) -> [UInt8] {
        let text = try text("bodyText", of: object)
        let base64 = try self.text("bodyBase64", of: object)
        switch (object["body"], text, base64) {
        case (let value?, nil, nil): return value.bytes()
        case (nil, let text?, nil): return Array(text.utf8)
        case (nil, nil, let base64?):
            guard let bytes = Base64.decode(base64) else {
                throw MessageError("bodyBase64: \(base64.quoted) is not base64 (RFC 4648, with padding, without white space)")
            }
            return bytes
        case (nil, nil, nil):
            if isRequired { throw MessageError("a message needs one of body, bodyText and bodyBase64") }
            return []
        default: throw MessageError("a message has only one of body, bodyText and bodyBase64")
        }
    }

    private static func text(_ name: Text, of object: JSONObject) throws(MessageError) -> Text? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw MessageError("\(name): \(value.shown) is not a string") }
        return text
    }

    private static func properties(_ name: Text, of object: JSONObject) throws(MessageError) -> [MessageProperty] {
        guard let value = object[name] else { return [] }
        guard let members = value.object else {
            throw MessageError("\(name): \(value.shown) is not an object of strings")
        }
        var properties: [MessageProperty] = []
        for member in members {
            guard let text = member.value.string else {
                throw MessageError("\(name): the value of \(member.key.quoted) is \(member.value.shown), not a string")
            }
            properties.append(MessageProperty(name: member.key, value: text))
        }
        return properties
    }

    private static func addDefault(_ name: Text, _ value: Text, to properties: inout [MessageProperty]) {
        for property in properties where property.name == name { return }
        properties.append(MessageProperty(name: name, value: value))
    }
}
