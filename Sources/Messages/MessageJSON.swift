public import JSON
import ModuleIdentities

/// Messages as JSON, as `martlet monitor`, `route` and `send` and modules over stdio speak them.
///
/// ```
/// {"module": "thermometer", "output": "temperature", "properties": {"k": "v"},
///  "systemProperties": {"contentType": "application/json", "contentEncoding": "utf-8"}, "body": {"celsius": 21.5}}
/// ```
/// A message of a downstream device has `"device": "sensor-7"` in the place of its module. A body that is not JSON is `"bodyText"`, or
/// `"bodyBase64"` if it is not valid UTF-8 either.
public enum MessageJSON {
    /// With module, or the downstream device, and output, where it has them.
    public static func object(of message: Message) -> JSONObject {
        var object = JSONObject()
        if let device = ClientName.downstreamDevice(message.module) {
            object["device"] = .string(device)
        } else if !message.module.isEmpty {
            object["module"] = .string(message.module)
        }
        if !message.output.isEmpty { object["output"] = .string(message.output) }
        appendContent(of: message, message.systemProperties, to: &object)
        return object
    }

    /// As an input gets it: `{"input": "readings", "properties": {…}, "systemProperties": {…}, "body": …}`.
    /// - Parameter systemProperties: in the place of those that the message has by itself.
    public static func parameters(of message: Message, input: Text, systemProperties: [MessageProperty]) -> JSONObject {
        var object: JSONObject = ["input": .string(input)]
        appendContent(of: message, systemProperties, to: &object)
        return object
    }

    private static func appendContent(of message: Message, _ systemProperties: [MessageProperty], to object: inout JSONObject) {
        object["properties"] = .object(members(message.properties))
        object["systemProperties"] = .object(members(systemProperties))
        if let body = bodyValue(of: message) {
            object["body"] = body
        } else if let text = String(validating: message.body, as: UTF8.self) {
            object["bodyText"] = .string(Text(text))
        } else {
            object["bodyBase64"] = .string(Base64.encode(message.body))
        }
    }

    private static func members(_ properties: [MessageProperty]) -> JSONObject {
        var object = JSONObject()
        for property in properties { object[property.name] = .string(property.value) }
        return object
    }

    /// The body as JSON: of a message that says it is JSON in UTF-8, or says nothing of what it is, if it parses as such.
    private static func bodyValue(of message: Message) -> JSON? {
        if let type = message.systemProperty("contentType"), !type.isEmpty {
            let bytes = type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            guard ASCII.equalIgnoringCase(Text(utf8: Array(bytes)), "application/json") else { return nil }
        }
        if let encoding = message.systemProperty("contentEncoding"), !encoding.isEmpty {
            guard ASCII.equalIgnoringCase(encoding, "utf-8") else { return nil }
        }
        do throws(JSONError) { return try message.withBody { (body) throws(JSONError) in try JSON.parse(body) } } catch { return nil }
    }
}
