import CHTTPParser
import JSON

/// http-parser with the memory of one message: collects target, headers and body, and stops after each message.
///
/// Requests and responses are read alike; what differs is in `RequestParser` and `ResponseParser`.
final class MessageReader {
    /// The C parser; its `data` is this object, unretained: it lives no longer.
    let parser: UnsafeMutablePointer<http_parser>
    private let callbacks: UnsafeMutablePointer<http_parser_settings>
    private let limits: HTTPLimits
    private let boundsBody: Bool

    private(set) var url: [UInt8] = []
    private(set) var headers = HTTPHeaders()
    private(set) var hasHead = false
    private(set) var isComplete = false
    private(set) var keepsAlive = false
    /// The part of the body that nobody took yet.
    private var body: [UInt8] = []

    private var name: [UInt8] = []
    private var value: [UInt8] = []
    private var isInValue = false
    private var headerBytes = 0
    private var failure: HTTPError?

    /// - Parameter boundsBody: refuse a body over `limits.body`; else whoever drives the reader takes the body away as it comes.
    init(_ type: http_parser_type, limits: HTTPLimits, boundsBody: Bool) {
        parser = .allocate(capacity: 1)
        parser.initialize(to: http_parser())
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: http_parser_settings())
        self.limits = limits
        self.boundsBody = boundsBody
        http_parser_init(parser, type)
        parser.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        callbacks.pointee.on_url = { MessageReader.of($0).append($1, $2, to: { $0.takeURL($1) }) }
        callbacks.pointee.on_header_field = { MessageReader.of($0).append($1, $2, to: { $0.takeName($1) }) }
        callbacks.pointee.on_header_value = { MessageReader.of($0).append($1, $2, to: { $0.takeValue($1) }) }
        callbacks.pointee.on_body = { MessageReader.of($0).append($1, $2, to: { $0.takeBody($1) }) }
        callbacks.pointee.on_headers_complete = { MessageReader.of($0).endHead() }
        callbacks.pointee.on_message_complete = { MessageReader.of($0).endMessage() }
    }

    deinit {
        callbacks.deallocate()
        parser.deallocate()
    }

    private static func of(_ parser: UnsafeMutablePointer<http_parser>?) -> MessageReader {
        // Set in init, and the C parser calls back only from inside `read`.
        Unmanaged<MessageReader>.fromOpaque(parser!.pointee.data!).takeUnretainedValue()
    }

    /// Reads until the message is complete or the bytes are used up. No bytes mean that the connection has ended.
    /// - Returns: how many bytes belong to this message.
    func read(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> Int {
        let used = http_parser_execute(parser, callbacks, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
        if let failure { throw failure }
        let code = martlet_http_errno(parser)
        if code != HPE_OK.rawValue && code != HPE_PAUSED.rawValue { throw Self.error(code) }
        return used
    }

    /// Forgets the message and goes on with the next one.
    func next() {
        url = []
        headers = HTTPHeaders()
        body = []
        name = []
        value = []
        isInValue = false
        headerBytes = 0
        hasHead = false
        isComplete = false
        http_parser_pause(parser, 0)
    }

    func takeBody() -> [UInt8] {
        defer { body = [] }
        return body
    }

    /// Something of the next message has been read.
    var hasBegun: Bool { !url.isEmpty || headerBytes > 0 || hasHead }

    // MARK: - Callbacks. A result other than 0 makes http-parser stop.

    private func append(
        _ start: UnsafePointer<CChar>?, _ count: Int, to take: (MessageReader, UnsafeRawBufferPointer) -> HTTPError?
    ) -> Int32 {
        failure = take(self, UnsafeRawBufferPointer(start: start, count: count))
        return failure == nil ? 0 : 1
    }

    private func takeURL(_ bytes: UnsafeRawBufferPointer) -> HTTPError? {
        guard url.count + bytes.count <= limits.url else {
            return HTTPError(.urlTooLong, "the request target is longer than \(limits.url) bytes")
        }
        url += bytes
        return nil
    }

    private func takeName(_ bytes: UnsafeRawBufferPointer) -> HTTPError? {
        if isInValue { endHeader() }
        if let error = count(bytes.count + (name.isEmpty ? 4 : 0)) { return error }
        name += bytes
        return nil
    }

    private func takeValue(_ bytes: UnsafeRawBufferPointer) -> HTTPError? {
        isInValue = true
        if let error = count(bytes.count) { return error }
        value += bytes
        return nil
    }

    private func count(_ more: Int) -> HTTPError? {
        headerBytes += more
        if headerBytes <= limits.headers && headers.fields.count < limits.headerCount { return nil }
        return HTTPError(.headersTooLarge, "the headers are more than \(limits.headers) bytes or \(limits.headerCount) fields")
    }

    private func endHeader() {
        while let last = value.last, ASCII.isBlank(last) { value.removeLast() }
        headers.add(Text(utf8: name), Text(utf8: value))
        name = []
        value = []
        isInValue = false
    }

    private func endHead() -> Int32 {
        if !name.isEmpty { endHeader() }
        hasHead = true
        martlet_http_refuse_upgrade(parser)
        let announced = parser.pointee.content_length
        if boundsBody && announced != UInt64.max && announced > UInt64(limits.body) {
            failure = bodyTooLarge
            return -1
        }
        return 0
    }

    private func takeBody(_ bytes: UnsafeRawBufferPointer) -> HTTPError? {
        if boundsBody && body.count + bytes.count > limits.body { return bodyTooLarge }
        body += bytes
        return nil
    }

    private func endMessage() -> Int32 {
        if !name.isEmpty { endHeader() }
        isComplete = true
        keepsAlive = http_should_keep_alive(parser) != 0
        http_parser_pause(parser, 1)
        return 0
    }

    private var bodyTooLarge: HTTPError { HTTPError(.bodyTooLarge, "the body is larger than \(limits.body) bytes") }

    private static func error(_ code: UInt32) -> HTTPError {
        let text = String(cString: martlet_http_error_text(code))
        return switch code {
        case HPE_INVALID_METHOD.rawValue:
            HTTPError(.notImplemented, "the method is none of GET, HEAD, PUT, POST, PATCH, DELETE, OPTIONS")
        case HPE_INVALID_VERSION.rawValue: HTTPError(.versionNotSupported, "the protocol is not HTTP/1.1")
        case HPE_HEADER_OVERFLOW.rawValue: HTTPError(.headersTooLarge, "\(text)")
        case HPE_INVALID_TRANSFER_ENCODING.rawValue: HTTPError(.notImplemented, "a Transfer-Encoding other than chunked")
        case HPE_INVALID_EOF_STATE.rawValue: HTTPError(.truncated, "the connection ended inside a message")
        default: HTTPError(.malformed, "not HTTP/1.1: \(text)")
        }
    }
}
