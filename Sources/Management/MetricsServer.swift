import HTTP
import JSON
public import UV

/// The metrics port: `GET /metrics` gives a page of numbers to whoever may connect.
///
/// It reads nothing but the head of requests, and has few connections of a short life: it may be open to a network.
public final class MetricsServer {
    /// Prometheus's text format.
    private static let contentType: Text = "text/plain; version=0.0.4; charset=utf-8"

    private let server: HTTPServer

    /// - Parameters:
    ///   - ip: an IPv4 or IPv6 literal.
    ///   - port: 0 for any free one, see `port`.
    ///   - page: is called for each request, on the loop's thread.
    /// - Throws: `UVError.addressInUse`, EADDRNOTAVAIL, EACCES for ports below 1024, EINVAL for what is no address.
    public init(_ loop: Loop, host ip: Text, port: UInt16, page: @escaping () -> [UInt8]) throws(UVError) {
        let limits = HTTPServerLimits(
            connections: 8, requestMs: 10_000, bufferedBytes: 4096, messages: HTTPLimits(headers: 4096, headerCount: 50, body: 0))
        server = try HTTPServer(loop, host: ip, port: port, limits: limits) { request, responder in
            guard request.path == ["metrics"] else { return responder.send(.failure(404, "not found: the page is /metrics")) }
            guard request.method == .get || request.method == .head else {
                return responder.send(.failure(405, "method not allowed: GET is", headers: ["Allow": "GET, HEAD"]))
            }
            var headers = HTTPHeaders()
            headers.add("Content-Type", Self.contentType)
            responder.send(HTTPResponse(200, headers: headers, body: page()))
        }
    }

    /// Where it listens.
    public var port: UInt16 { server.port }

    /// Closes the port and its connections. Idempotent.
    public func close() { server.close() }
}
