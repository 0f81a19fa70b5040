import CHTTPParser
import JSON

/// Takes bytes as they come and gives requests, one after the other.
///
/// `feed` keeps what lies behind the current request (a client may send several at once); `next` goes on with it once the
/// request before it is dealt with. Whoever drives the parser stops reading while `bufferedBytes` is large.
public final class RequestParser {
    private let reader: MessageReader
    /// Bytes that are not parsed yet, because a complete request was not taken.
    private var buffered: [UInt8] = []
    private var hasEnded = false

    /// A parser for one connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        reader = MessageReader(HTTP_REQUEST, limits: limits, boundsBody: true)
    }

    /// Bytes of later requests, kept until `next` reaches them.
    public var bufferedBytes: Int { buffered.count }

    /// Some bytes of a request are there, but not all of it.
    public var isInsideRequest: Bool { reader.hasBegun && !reader.isComplete || !buffered.isEmpty }

    /// The client waits for `HTTPResponse.goOn` before it sends the body of this request.
    public var expectsGoOn: Bool {
        guard reader.hasHead, !reader.isComplete, let expect = reader.headers["Expect"] else { return false }
        return ASCII.equalIgnoringCase(expect, "100-continue")
    }

    /// Adds bytes from the connection. After the last request that the client announced, everything is ignored.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) {
        if bytes.isEmpty || hasEnded { return }
        guard buffered.isEmpty, !reader.isComplete else {
            buffered += bytes
            return
        }
        let used = try reader.read(bytes)
        if reader.isComplete { buffered += bytes[used...] }
    }

    /// The next complete request; nil until more bytes come.
    public func next() throws(HTTPError) -> HTTPRequest? {
        if !reader.isComplete && !buffered.isEmpty {
            let bytes = buffered
            buffered = []
            try bytes.withUnsafeBufferPointer { (bytes) throws(HTTPError) in try feed(UnsafeRawBufferPointer(bytes)) }
        }
        guard reader.isComplete, !hasEnded else { return nil }
        let request = try takeRequest(body: reader.takeBody())
        if request.keepsAlive {
            reader.next()
        } else {
            hasEnded = true
            buffered = []
        }
        return request
    }

    /// The request whose body is still on its way, without it; nil: no head is there, or the request is complete.
    public func head() throws(HTTPError) -> HTTPRequest? {
        guard reader.hasHead, !reader.isComplete, !hasEnded else { return nil }
        return try takeRequest(body: [])
    }

    private func takeRequest(body: [UInt8]) throws(HTTPError) -> HTTPRequest {
        guard let method = HTTPMethod(parserMethod: martlet_http_method(reader.parser)) else {
            throw HTTPError(.notImplemented, "the method is none of GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS")
        }
        guard reader.parser.pointee.http_major == 1 else {
            throw HTTPError(.versionNotSupported, "the protocol is not HTTP/1.1")
        }
        return HTTPRequest(
            method, target: try RequestTarget(parsing: reader.url), headers: reader.headers, body: body,
            keepsAlive: reader.keepsAlive, takesChunks: reader.parser.pointee.http_minor >= 1)
    }
}
