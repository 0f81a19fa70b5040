import Messages

/// One place where a message goes, and what its route says about waiting there. An object, as a message that passes copies nothing of it.
final class Destination {
    let endpoint: Endpoint
    let lane: Lane
    let whenFull: FullQueueRule
    /// 0: for ever.
    let timeToLiveMs: UInt64

    init(endpoint: Endpoint, lane: Lane, whenFull: FullQueueRule, timeToLiveMs: UInt64) {
        self.endpoint = endpoint
        self.lane = lane
        self.whenFull = whenFull
        self.timeToLiveMs = timeToLiveMs
    }
}
