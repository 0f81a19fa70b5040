public import Messages

/// How much waiting messages may use.
public struct QueueLimits: Sendable, Equatable {
    /// Bytes of all messages that wait in memory.
    public var memoryQueueBytes: Int
    /// Bytes of all messages that wait in the state folder.
    public var diskQueueBytes: Int64
    /// For routes that do not say.
    public var whenFull: FullQueueRule

    public init(memoryQueueBytes: Int = 4_194_304, diskQueueBytes: Int64 = 67_108_864, whenFull: FullQueueRule = .dropOldest) {
        self.memoryQueueBytes = memoryQueueBytes
        self.diskQueueBytes = diskQueueBytes
        self.whenFull = whenFull
    }
}
