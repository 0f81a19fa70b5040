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

    func answer(_ value: JSON, headers: HTTPHeaders = [:]) {
        responder.send(.json(value, headers: headers))
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

    /// The etag of `If-Match`, without its quotes; nil where any is right.
    var ifMatch: Text? {
        guard let value = request.headers["If-Match"], value != "*", !value.isEmpty else { return nil }
        let quote = UInt8(ascii: "\"")
        let bytes = Array(value.utf8)
        guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return value }
        return Text(utf8: bytes.dropFirst().dropLast())
    }
}
