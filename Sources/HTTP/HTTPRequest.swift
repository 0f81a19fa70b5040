public import JSON

/// One request.
public struct HTTPRequest: Sendable {
    /// What to do.
    public var method: HTTPMethod
    /// What to do it with.
    public var target: RequestTarget
    /// As they came; without those that `bytes` adds.
    public var headers: HTTPHeaders
    /// Without chunked coding; empty where there is none.
    public var body: [UInt8]
    /// The connection serves another request after this one.
    public var keepsAlive: Bool
    /// The client knows chunked coding: it speaks HTTP/1.1.
    public var takesChunks: Bool

    /// A request to send.
    public init(
        _ method: HTTPMethod, path: [Text], query: [RequestTarget.QueryItem] = [], headers: HTTPHeaders = [:], body: [UInt8] = [],
        keepsAlive: Bool = true
    ) {
        self.init(
            method, target: RequestTarget(path: path, query: query), headers: headers, body: body, keepsAlive: keepsAlive,
            takesChunks: true)
    }

    init(_ method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders, body: [UInt8], keepsAlive: Bool, takesChunks: Bool) {
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        self.keepsAlive = keepsAlive
        self.takesChunks = takesChunks
    }

    /// Decoded segments of the path.
    public var path: [Text] { target.path }

    /// The request as it goes over the wire, with `Host` (`localhost` unless `headers` has one), `Connection` and `Content-Length`.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        method.name.withUTF8Buffer { bytes += $0 }
        bytes.append(0x20)
        target.write(to: &bytes)
        bytes += " HTTP/1.1\r\n".utf8
        if headers["Host"] == nil { bytes += "Host: localhost\r\n".utf8 }
        if !keepsAlive { bytes += "Connection: close\r\n".utf8 }
        headers.write(to: &bytes)
        if !body.isEmpty || method == .post || method == .put || method == .patch {
            bytes += "Content-Length: \(body.count)\r\n".utf8
        }
        bytes += "\r\n".utf8
        bytes += body
        return bytes
    }
}
