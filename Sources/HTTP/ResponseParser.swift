import CHTTPParser
import JSON

/// Takes bytes as they come and gives one response: its head, its body in pieces, its end.
public final class ResponseParser {
    /// What some bytes brought: one head, any number of pieces of the body, one end.
    public enum Event: Sendable, Equatable {
        case head(status: Int, headers: HTTPHeaders)
        case body([UInt8])
        case end
    }

    private let reader: MessageReader
    private var gaveHead = false
    private var hasEnded = false

    /// - Parameter limits: of the head. The body is not bounded: it is handed on as it comes.
    public init(limits: HTTPLimits = HTTPLimits()) {
        reader = MessageReader(HTTP_RESPONSE, limits: limits, boundsBody: false)
    }

    /// What some bytes bring. Interim responses (100 and the like) are passed over, and bytes after the end.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws(HTTPError) -> [Event] {
        var events: [Event] = []
        var rest = bytes
        while !rest.isEmpty && !hasEnded {
            let used = try reader.read(rest)
            rest = UnsafeRawBufferPointer(rebasing: rest[used...])
            collect(&events)
        }
        return events
    }

    /// The connection has ended; for a response without a length this is its end.
    /// - Throws: `HTTPError.truncated` where the response is not complete.
    public func finish() throws(HTTPError) -> [Event] {
        if hasEnded { return [] }
        var events: [Event] = []
        _ = try reader.read(UnsafeRawBufferPointer(start: nil, count: 0))
        collect(&events)
        if !hasEnded { throw HTTPError(.truncated, "the connection ended before a response came") }
        return events
    }

    private func collect(_ events: inout [Event]) {
        guard reader.hasHead else { return }
        let status = Int(martlet_http_status(reader.parser))
        if status < 200 {
            if reader.isComplete { reader.next() }
            return
        }
        if !gaveHead {
            gaveHead = true
            events.append(.head(status: status, headers: reader.headers))
        }
        let body = reader.takeBody()
        if !body.isEmpty { events.append(.body(body)) }
        if reader.isComplete {
            hasEnded = true
            events.append(.end)
        }
    }
}
