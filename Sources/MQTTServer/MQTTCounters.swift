/// What a server has seen since it was made, for the metrics page.
public struct MQTTCounters: Sendable, Equatable {
    /// Connections that were accepted.
    public internal(set) var connections: UInt64 = 0
    /// CONNECTs that were accepted.
    public internal(set) var connects: UInt64 = 0
    /// CONNECTs that were refused, and connections that ended without one.
    public internal(set) var refusals: UInt64 = 0
    /// Clients that were cut off for breaking a rule.
    public internal(set) var violations: UInt64 = 0
    /// Clients that were silent for too long.
    public internal(set) var timeouts: UInt64 = 0
    /// Clients that another connection of the same identity replaced.
    public internal(set) var takeovers: UInt64 = 0
    /// PUBLISH packets from clients, and to them.
    public internal(set) var publishesIn: UInt64 = 0
    public internal(set) var publishesOut: UInt64 = 0
    /// Bytes from clients, and to them, TLS not counted.
    public internal(set) var bytesIn: UInt64 = 0
    public internal(set) var bytesOut: UInt64 = 0
}
