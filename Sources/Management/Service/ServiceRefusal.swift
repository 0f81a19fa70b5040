import HTTP
import JSON

/// Why a request over HTTPS goes no further.
struct ServiceRefusal: Error {
    let status: Int
    /// For people, without a secret.
    let message: Text
    /// IoT Hub says `Message`, edgeHub `message`.
    let key: Text

    var response: HTTPResponse {
        .json([key: .string(message)], status: status, headers: status == 401 ? ["WWW-Authenticate": "SharedAccessSignature"] : [:])
    }
}
