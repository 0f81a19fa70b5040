import Messages
import ModuleIdentities

/// A message as it was read from disk.
struct StoredMessage: Sendable {
    let sequence: Int64
    /// nil: its bytes are damaged.
    let message: Message?
    /// When it came, in milliseconds since 1970.
    let enqueuedMs: Int64
    /// 0: for ever.
    let timeToLiveMs: Int64

    /// Whether it has waited too long by the wall clock, the only one that goes on while the host is off. A board without a clock
    /// battery starts in 1970: what came before the clock was right cannot be judged and is kept.
    func isExpired(nowMs: Int64) -> Bool {
        timeToLiveMs > 0 && enqueuedMs >= PlausibleClock.sinceMs && nowMs - enqueuedMs >= timeToLiveMs
    }
}
