import JSON

/// A direct method call from the service's side. The times are checked already (IoT Hub's limits); name and payload the device checks.
public struct MethodRequest: Sendable, Equatable {
    /// As it was asked for.
    public var method: Text
    /// `.null` where the request has none.
    public var payload: JSON
    /// How long to wait for a module that is not running; 0 to 300 000, default 0: not at all.
    public var connectTimeoutMs: UInt64
    /// How long to wait for the answer; 5 000 to 300 000, default 30 000.
    public var responseTimeoutMs: UInt64

    /// A call with IoT Hub's default times.
    public init(method: Text, payload: JSON = .null, connectTimeoutMs: UInt64 = 0, responseTimeoutMs: UInt64 = 30_000) {
        self.method = method
        self.payload = payload
        self.connectTimeoutMs = connectTimeoutMs
        self.responseTimeoutMs = responseTimeoutMs
    }
}
