/// A response whose body comes in pieces: in chunks to a client of HTTP/1.1, else as it is until the connection closes.
public struct StreamedResponse: Sendable {
    /// For example 200.
    public let status: Int
    /// Without those that `head` adds.
    public let headers: HTTPHeaders
    private let isChunked: Bool
    private let keepsAlive: Bool

    /// - Parameter request: whom it answers.
    public init(_ status: Int, headers: HTTPHeaders = [:], to request: HTTPRequest) {
        self.status = status
        self.headers = headers
        isChunked = request.takesChunks
        keepsAlive = request.keepsAlive && request.takesChunks
    }

    /// The connection can serve another request after `end`.
    public var leavesConnectionOpen: Bool { keepsAlive }

    /// Status line and headers, as they go over the wire.
    public var head: [UInt8] {
        var bytes = HTTPResponse.head(status, headers: headers, keepsAlive: keepsAlive)
        if isChunked { bytes += "Transfer-Encoding: chunked\r\n".utf8 }
        bytes += "\r\n".utf8
        return bytes
    }

    /// A piece of the body. Nothing for an empty piece: an empty chunk would be the end.
    public func piece(_ body: [UInt8]) -> [UInt8] {
        guard isChunked, !body.isEmpty else { return body }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(body.count + 20)
        bytes += String(body.count, radix: 16).utf8
        bytes += "\r\n".utf8
        bytes += body
        bytes += "\r\n".utf8
        return bytes
    }

    /// What comes behind the last piece.
    public var end: [UInt8] { isChunked ? Array("0\r\n\r\n".utf8) : [] }
}
