import Messages

/// A message as it is on disk.
struct StoredMessage: Sendable {
    let sequence: Int64
    /// nil: its bytes are damaged.
    let message: Message?
    /// What it counts.
    let bytes: Int
    /// When it came, in milliseconds since 1970.
    let enqueuedMs: Int64
    /// From these ticks on it is too old; 0: never.
    var expires: Int64

    func isExpired(_ ticks: Int64) -> Bool { expires > 0 && ticks >= expires }
}
