import JSON

/// A line that a module wrote on its standard output, understood. (contract section 4)
enum StdioRequest: Equatable {
    /// - Parameter acknowledges: it says of each message that somebody waits for when it has taken it.
    case ready(acknowledges: Bool)
    /// `params` as a message: output, body, properties, systemProperties. With an id it is acknowledged.
    case send(JSONObject, id: JSON?)
    case report(patch: JSONObject, id: JSON?)
    case twin(id: JSON)
    case invoke(module: Text, method: Text, payload: JSON, timeoutMs: UInt64, id: JSON)
    /// The answer to a direct method call of the host.
    case answer(id: Int64, status: Int, payload: JSON)
    /// A JSON-RPC error in place of an answer.
    case refusal(id: Int64, message: Text)
    /// It has taken a message.
    /// - Parameter failure: what it could not do with it.
    case taken(id: Text, failure: Text?)

    /// - Throws: what to answer the module with.
    static func parse(_ line: [UInt8]) throws(StdioError) -> StdioRequest {
        let json: JSON
        do throws(JSONError) {
            json = try JSON.parse(line)
        } catch {
            throw StdioError(.parseError, "not JSON: column \(error.column): \(Text(error.reason))")
        }
        guard let object = json.object else {
            throw StdioError(.invalidRequest, "a line is one JSON object, for example {\"method\":\"ready\"}")
        }
        if object["method"] == nil { return try response(object) }
        guard let method = object["method"]?.string else { throw StdioError(.invalidRequest, "method is not a string", id: object["id"]) }
        return try request(method, object)
    }

    private static func request(_ method: Text, _ object: JSONObject) throws(StdioError) -> StdioRequest {
        let id = object["id"]
        switch id {
        case nil, .string, .integer: break
        default: throw StdioError(.invalidRequest, "id is neither a string nor an integer")
        }
        let params = object["params"]?.object ?? JSONObject()
        switch method {
        case "ready":
            let acknowledges = params["acknowledge"] ?? .bool(false)
            guard case .bool(let acknowledges) = acknowledges else {
                throw StdioError(.invalidParams, "ready: params.acknowledge is true or false", id: id)
            }
            return .ready(acknowledges: acknowledges)
        case "send":
            return .send(params, id: id)
        case "report":
            guard let patch = params["patch"]?.object else {
                throw StdioError(.invalidParams, "report needs params.patch, an object", id: id)
            }
            return .report(patch: patch, id: id)
        case "twin":
            guard let id else { throw StdioError(.invalidRequest, "twin needs an id to answer to") }
            return .twin(id: id)
        case "invoke":
            return try invocation(params, id)
        default:
            throw StdioError(.methodNotFound, "no method \(method); there are ready, send, report, twin and invoke", id: id)
        }
    }

    private static func invocation(_ params: JSONObject, _ id: JSON?) throws(StdioError) -> StdioRequest {
        guard let id else { throw StdioError(.invalidRequest, "invoke needs an id to answer to") }
        guard let module = params["module"]?.string, let method = params["name"]?.string else {
            throw StdioError(.invalidParams, "invoke needs params.module and params.name, both strings", id: id, status: 400)
        }
        let seconds = params["timeoutSeconds"] ?? .integer(30)
        guard let timeout = seconds.number, timeout > 0, timeout <= 300 else {
            throw StdioError(.invalidParams, "params.timeoutSeconds is a number above 0 and up to 300", id: id, status: 400)
        }
        return .invoke(
            module: module, method: method, payload: params["payload"] ?? .null, timeoutMs: UInt64(timeout * 1000), id: id)
    }

    private static func response(_ object: JSONObject) throws(StdioError) -> StdioRequest {
        if let id = object["id"]?.string {
            return .taken(id: id, failure: object["error"].map { $0["message"]?.string ?? "it says no reason" })
        }
        guard let id = object["id"]?.integer else {
            throw StdioError(.invalidRequest, "a line needs a method, or the id of a call or message of the host that it answers")
        }
        if let error = object["error"] {
            return .refusal(id: id, message: error["message"]?.string ?? "the module answered with an error")
        }
        guard let result = object["result"]?.object, let status = result["status"]?.integer else {
            return .refusal(id: id, message: "the module's answer has no result.status")
        }
        return .answer(id: id, status: Int(truncatingIfNeeded: status), payload: result["payload"] ?? .null)
    }
}
