import HTTP

/// What a server takes before it refuses.
public struct HTTPServerLimits: Sendable {
    /// Connections at the same time; one more is answered with 503.
    public var connections: Int
    /// How long a request may take to arrive, and a connection to be idle. Milliseconds.
    public var requestMs: UInt64
    /// How many bytes of a streamed response a reader may leave unread before it is cut off.
    public var unreadStreamBytes: Int
    /// How many bytes of later requests and of unread responses a connection may have before the server stops reading from it.
    public var bufferedBytes: Int
    /// Of each request.
    public var messages: HTTPLimits

    /// The defaults suit a socket for operators.
    public init(
        connections: Int = 32, requestMs: UInt64 = 30_000, unreadStreamBytes: Int = 1 << 20, bufferedBytes: Int = 1 << 16,
        messages: HTTPLimits = HTTPLimits()
    ) {
        self.connections = connections
        self.requestMs = requestMs
        self.unreadStreamBytes = unreadStreamBytes
        self.bufferedBytes = bufferedBytes
        self.messages = messages
    }
}
