import JSON
import Messages
import ModuleIdentities
import ModuleLinks

/// The lines that the host writes to a module's standard input, line feed included. (contract section 4)
enum StdioLine {
    static func start(_ identity: ModuleIdentity, twin: JSONObject) -> [UInt8] {
        notification("start", ["identity": .string(identity.path), "twin": .object(twin)])
    }

    /// - Parameter id: of a message that is to be answered; nil: it is not.
    static func message(_ delivery: Delivery, device: Text, id: Text?) -> [UInt8] {
        let parameters = MessageJSON.parameters(
            of: delivery.message, input: delivery.input, systemProperties: delivery.systemProperties(device: device))
        guard let id else { return notification("message", parameters) }
        return line(["id": .string(id), "method": "message", "params": .object(parameters)])
    }

    static func desired(_ patch: JSONObject, version: UInt64) -> [UInt8] {
        notification("desired", ["patch": .object(patch), "version": .integer(Int64(version))])
    }

    static func invoke(id: Int64, method: Text, payload: JSON) -> [UInt8] {
        line(["id": .integer(id), "method": "invoke", "params": ["name": .string(method), "payload": payload]])
    }

    static let stop = notification("stop", nil)

    static func result(_ id: JSON, _ result: JSON) -> [UInt8] {
        line(["id": id, "result": result])
    }

    static func error(_ error: StdioError) -> [UInt8] {
        var object: JSONObject = ["code": .integer(error.code.rawValue), "message": .string(error.message)]
        if let status = error.status { object["data"] = ["status": .integer(status)] }
        return line(["id": error.id ?? .null, "error": .object(object)])
    }

    static func notification(_ method: Text, _ params: JSONObject?) -> [UInt8] {
        var object: JSONObject = ["method": .string(method)]
        if let params { object["params"] = .object(params) }
        return line(object)
    }

    static func line(_ members: JSONObject) -> [UInt8] {
        var object: JSONObject = ["jsonrpc": "2.0"]
        for member in members { object[member.key] = member.value }
        var bytes = JSON.object(object).bytes()
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}
