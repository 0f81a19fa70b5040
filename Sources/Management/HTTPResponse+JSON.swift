import HTTP
import JSON

extension HTTPResponse {
    /// A response whose body is JSON.
    public static func json(_ value: JSON, status: Int = 200, headers: HTTPHeaders = [:]) -> HTTPResponse {
        var headers = headers
        headers.add("Content-Type", "application/json; charset=utf-8")
        return HTTPResponse(status, headers: headers, body: value.bytes())
    }

    /// `{"message":…}`: how IoT Edge's daemons and its hub say what is wrong.
    public static func failure(_ status: Int, _ message: Text, headers: HTTPHeaders = [:]) -> HTTPResponse {
        json(["message": .string(message)], status: status, headers: headers)
    }
}
