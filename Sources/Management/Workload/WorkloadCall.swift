import HTTP
import JSON

/// A request of the workload API that a route was found for.
struct WorkloadCall {
    let request: HTTPRequest
    /// What stands in the path in place of `{…}`, in order.
    let names: [Text]

    /// Of a path such as `/modules/{m}/genid/{g}/…`.
    var module: Text { names.first ?? "" }

    /// The body as a JSON object. Clients of some languages send no Content-Type; what has another one is no body. (IoT Edge)
    /// - Throws: 400 where there is none, 422 where it is not JSON.
    func object() throws(WorkloadError) -> JSONObject {
        guard isJSON, !request.body.isEmpty else { throw WorkloadError(400, "missing body") }
        do throws(JSONError) {
            if let object = try JSON.parse(request.body).object { return object }
        } catch {
            throw WorkloadError(422, "the body of the request: \(error.description)")
        }
        throw WorkloadError(422, "the body of the request is no JSON object")
    }

    private var isJSON: Bool {
        guard let type = request.headers["Content-Type"] else { return true }
        let bytes = type.utf8
        let end = bytes.firstIndex { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") } ?? bytes.endIndex
        return ASCII.equalIgnoringCase(Text(utf8: bytes[..<end]), "application/json")
    }

    /// A member that is base64. Its value is never in the message: it may be a secret.
    static func bytes(_ object: JSONObject, _ name: Text) throws(WorkloadError) -> [UInt8] {
        guard let value = object[name] else { throw WorkloadError(422, "\(name) is missing: base64 is expected") }
        guard let text = value.string, let bytes = Base64.decode(text) else {
            throw WorkloadError(422, "\(name) is no base64 (RFC 4648, with padding)")
        }
        return bytes
    }
}
