public import JSON

/// What a module has sent, counted from the host's start.
public struct TrafficStatus: Equatable, Sendable {
    public let module: Text
    /// Messages that the hub accepted from it.
    public let received: UInt64
    /// Of these, messages that no route wanted. (IoT Edge's reason `no_route`)
    public let unrouted: UInt64
}
