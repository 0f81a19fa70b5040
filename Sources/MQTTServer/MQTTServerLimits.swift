import MQTT

/// What one client, and all of them together, may take.
public struct MQTTServerLimits: Sendable {
    /// Connections that have not shown who they are, at one time. The oldest makes room for a new one.
    public var unauthenticated: Int
    /// Milliseconds from accepting a connection to its CONNECT, a TLS handshake included. (edgeHub: 60 s)
    public var connectMs: UInt64
    /// Bytes that wait for a client which does not read them: beyond, it is given no messages, and what it sends is not read.
    public var unsentBytes: Int

    /// Those of the product.
    public init(unauthenticated: Int = 64, connectMs: UInt64 = MQTTLimits.connectMs, unsentBytes: Int = 262_144) {
        self.unauthenticated = unauthenticated
        self.connectMs = connectMs
        self.unsentBytes = unsentBytes
    }
}
