public import JSON

/// An IP address and a port: `127.0.0.1:8883`, `[::1]:8883`.
public struct ListenAddress: Sendable, Equatable {
    /// IPv4 in dotted form, or IPv6 without brackets.
    public var host: Text
    public var port: UInt16

    public init(host: Text, port: UInt16) {
        self.host = host
        self.port = port
    }
}
