public import JSON
public import Messages

/// One queue of the hub, as `martlet queues` shows it.
public struct QueueStatus: Sendable, Equatable {
    /// `$upstream`, module and input, `insight/readings`, or a device's from the cloud: `sensor-7/messages/devicebound`.
    public let endpoint: Text
    /// 0 (first) to 9; 2000000000 where the route does not say one. (IoT Edge)
    public let priority: Int
    public let persistence: Persistence
    /// Messages.
    public let length: Int
    /// Bytes of bodies and properties.
    public let bytes: Int
    /// Milliseconds that the oldest message waits; nil: there is none.
    public let oldestMs: UInt64?
    public let dropped: DropCounts
    /// Messages that were delivered since the host started.
    public let delivered: UInt64
}
