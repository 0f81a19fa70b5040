import HTTP
import JSON

/// A request that a route was found for.
struct RouteCall {
    /// How errors are spelled: IoT Hub's registry and twins say `Message`, everything else `message`.
    enum ErrorStyle {
        case edge
        case service
    }

    let request: HTTPRequest
    /// What stands in the path in place of `{…}`, in order.
    let names: [Text]
    let responder: Responder
    var errorStyle = ErrorStyle.edge

    @inline(never)
    func answer(_ value: JSON, status: Int = 200, headers: HTTPHeaders = [:]) {
        responder.send(.json(value, status: status, headers: headers))
    }

    func answer(_ error: ControlError) {
        let key: Text = errorStyle == .service ? "Message" : "message"
        responder.send(.json([key: .string(error.message)], status: error.status))
    }

    /// The body as a JSON object.
    func object() throws(ControlError) -> JSONObject {
        do throws(JSONError) {
            guard let object = try JSON.parse(request.body).object else {
                throw JSONError(line: 1, column: 1, offset: 0, reason: "a JSON object is expected")
            }
            return object
        } catch {
            throw ControlError(.invalid, "the body of the request: \(error.description)")
        }
    }

    /// The etag of `If-Match` without its quotes, or `*`; nil: there is no such header.
    ///
    /// A weak etag, `W/"…"`, is given as it stands: it never is the current one. (RFC 9110 section 13.1.1)
    func ifMatch() throws(ControlError) -> Text? {
        guard let value = request.headers["If-Match"] else { return nil }
        let quote = UInt8(ascii: "\"")
        let bytes = Array(value.utf8)
        let isQuoted = bytes.count >= 2 && bytes.first == quote && bytes.last == quote
        let isWeak = value.hasPrefix("W/")
        let etag = isQuoted ? bytes[1..<bytes.count - 1] : bytes[...]
        guard !etag.isEmpty, isWeak || !etag.contains(where: { $0 == quote || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }) else {
            throw ControlError(.invalid, "If-Match is \(value.quoted): one etag, with or without its quotes, or * is expected")
        }
        return Text(utf8: etag)
    }
}
