import Messages

/// A message as it is on disk, or as a link has it that acknowledges.
struct StoredMessage: Sendable {
    /// 0: in memory.
    let sequence: Int64
    /// nil: its bytes are damaged.
    let message: Message?
    /// What it counts.
    let bytes: Int
    /// When it came, in milliseconds since 1970.
    let enqueuedMs: Int64
    /// From these ticks on it is too old; 0: never. In memory: milliseconds of monotonic time.
    var expires: Int64
    /// Under which it was delivered before; 0: it was not.
    var receipt: UInt64 = 0

    func isExpired(_ ticks: Int64) -> Bool { expires > 0 && ticks >= expires }
}
