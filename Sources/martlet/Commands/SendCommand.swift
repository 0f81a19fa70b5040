import HTTP
import JSON
import Messages

extension Command {
    static var send: Command {
        Command(
            name: "send", synopsis: "NAME/INPUT|/devices/ID BODY [-p KEY=VALUE]...",
            summary: "Delivers a message to an input of a module, or to a device",
            details: """
                To a device it is a message from the cloud, which waits on disk until the device has taken it.
                A BODY that is JSON goes as JSON, any other as text; '-' reads it from standard input, which may hold any bytes. Write
                '--' before a BODY that begins with '-' and is no number.
                """,
            operandCount: 2...2,
            options: [
                Option(
                    name: "property", letter: UInt8(ascii: "p"), value: "KEY=VALUE", summary: "an application property; may be repeated"),
                .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let path = try inputPath(arguments.operands[0])
            var message = JSONObject()
            setBody(try Input.bytes(of: arguments.operands[1]), of: &message)
            if let properties = try properties(arguments.all("property")) { message["properties"] = .object(properties) }
            var request = HTTPRequest(.post, path: path)
            request.headers.add("Content-Type", "application/json")
            request.body = JSON.object(message).bytes()
            _ = try HostConnection(arguments).ask(request)
            return ExitCode.done
        }
    }

    private static func inputPath(_ text: String) throws(CommandFailure) -> [Text] {
        if let id = try HostConnection.deviceID(Text(text)) { return ["devices", id, "messages", "devicebound"] }
        let (module, input) = try endPoint(text, "NAME/INPUT")
        guard let input else { throw .invalid("\(Text(text).quoted) names no input: NAME/INPUT is expected") }
        return ["modules", module, "inputs", input, "messages"]
    }

    /// `NAME/INPUT` or `NAME/OUTPUT`; the part behind "/" is nil where there is none.
    static func endPoint(_ text: String, _ form: String) throws(CommandFailure) -> (module: Text, name: Text?) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false).map { Text(utf8: $0) }
        guard let module = parts.first, !module.isEmpty, parts.count < 2 || !parts[1].isEmpty else {
            throw .invalid("\(Text(text).quoted) is not of the form \(form)")
        }
        return (module, parts.count == 2 ? parts[1] : nil)
    }

    private static func setBody(_ bytes: [UInt8], of message: inout JSONObject) {
        do throws(JSONError) {
            message["body"] = try JSON.parse(bytes)
        } catch {
            if bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[") {
                Output.error("martlet send: BODY is sent as text, for it is not JSON: \(error.description)\n")
            }
            if let text = String(validating: bytes, as: UTF8.self) {
                message["bodyText"] = .string(Text(text))
            } else {
                message["bodyBase64"] = .string(Base64.encode(bytes))
            }
        }
    }

    private static func properties(_ texts: [String]) throws(CommandFailure) -> JSONObject? {
        if texts.isEmpty { return nil }
        var properties = JSONObject()
        for text in texts {
            let parts = text.utf8.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .invalid("--property is \(Text(text).quoted): KEY=VALUE is expected")
            }
            properties[Text(utf8: parts[0])] = .string(Text(utf8: parts[1]))
        }
        return properties
    }
}
