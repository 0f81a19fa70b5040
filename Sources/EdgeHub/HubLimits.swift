public import Messages

/// What the hub may hold at most. (contract section 1, `host.limits`)
public struct HubLimits: Sendable, Equatable {
    /// Bytes of messages that wait in memory, of all queues together; also of those that wait to be stored.
    public let memoryQueueBytes: Int
    /// Bytes of messages that wait on disk, of all queues together.
    public let diskQueueBytes: Int
    /// Where a route does not say it.
    public let whenFull: FullQueueRule

    public init(
        memoryQueueBytes: Int = 4 * 1024 * 1024, diskQueueBytes: Int = 64 * 1024 * 1024, whenFull: FullQueueRule = .dropOldest
    ) {
        self.memoryQueueBytes = min(memoryQueueBytes, HubLimits.largestQueueBytes)
        self.diskQueueBytes = min(diskQueueBytes, HubLimits.largestQueueBytes)
        self.whenFull = whenFull
    }

    /// What one message costs in memory beside what it counts, roughly.
    private static let overhead = 256
    /// On disk.
    private static let diskOverhead = 64

    /// So that many messages of a few bytes take no more than few large ones.
    var memory: QueueUsage { QueueUsage(bytes: memoryQueueBytes, count: max(memoryQueueBytes / HubLimits.overhead, 1024)) }
    var disk: QueueUsage { QueueUsage(bytes: diskQueueBytes, count: max(diskQueueBytes / HubLimits.diskOverhead, 1024)) }

    /// No queue is larger, whatever is asked for: with a message on top it is still an Int, of 32 bits too.
    static let largestQueueBytes = Int.max / 4
    /// Messages that wait for one device. (IoT Hub: cloud-to-device messages)
    public static let cloudToDeviceMessages = 50
    /// Bytes of each, with its properties. (IoT Hub: 64 KB)
    public static let cloudToDeviceBytes = 64 * 1024
    /// Calls of direct methods that are under way at one time.
    public static let methodCalls = 4096
    /// Bytes of the payloads of all of them.
    public static let methodBytes = 16 * 1024 * 1024
    /// Bytes of the payloads that one module has not answered: a module that answers nothing takes only this from the others.
    public static let methodTargetBytes = 1024 * 1024
    /// Bytes of the payload of a direct method, and of its answer's, as compact JSON. (IoT Hub: 128 KB)
    public static let methodPayloadBytes = 128 * 1024
    /// Milliseconds that a direct method may take, and that its caller may wait for the module to come. (IoT Hub: 300 s)
    public static let methodTimeoutMs: UInt64 = 300_000
}
