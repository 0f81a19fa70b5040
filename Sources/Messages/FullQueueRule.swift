/// What happens to a message that finds its queue full.
public enum FullQueueRule: Sendable, Equatable {
    /// The oldest message of the queue goes.
    case dropOldest
    /// The message that comes is not taken.
    case dropNewest
    /// The sender waits for its acknowledgement.
    case block
    /// The sender gets an error.
    case refuse
}
