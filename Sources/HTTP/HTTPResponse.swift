import CHTTPParser

/// One response whose body is there as a whole.
public struct HTTPResponse: Sendable, Equatable {
    /// For example 404.
    public var status: Int
    /// Without those that `bytes` adds.
    public var headers: HTTPHeaders
    /// Empty where there is none.
    public var body: [UInt8]

    /// A response to send.
    public init(_ status: Int, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The response as it goes over the wire, with `Content-Length`; 204 and 304 have no body. The answer to HEAD has the
    /// headers only.
    public func bytes(keepsAlive: Bool, toHead: Bool = false) -> [UInt8] {
        var bytes = Self.head(status, headers: headers, keepsAlive: keepsAlive)
        let hasNoBody = status == 204 || status == 304 || status < 200
        if !hasNoBody { bytes += "Content-Length: \(body.count)\r\n".utf8 }
        bytes += "\r\n".utf8
        if !hasNoBody && !toHead { bytes += body }
        return bytes
    }

    /// Status line and headers, without the empty line at the end.
    static func head(_ status: Int, headers: HTTPHeaders, keepsAlive: Bool) -> [UInt8] {
        let reason = String(cString: martlet_http_reason(UInt32(status)))
        var bytes = Array("HTTP/1.1 \(status) \(reason)\r\n".utf8)
        if !keepsAlive { bytes += "Connection: close\r\n".utf8 }
        headers.write(to: &bytes)
        return bytes
    }

    /// What a client that sent `Expect: 100-continue` waits for before it sends its body.
    public static var goOn: [UInt8] { Array("HTTP/1.1 100 Continue\r\n\r\n".utf8) }
}
