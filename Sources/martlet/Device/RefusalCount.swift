/// Refusals of strangers, of which a flood is to be one line of the log and not thousands.
struct RefusalCount {
    private static let quietMs: UInt64 = 10_000

    /// Ever.
    private(set) var total: UInt64 = 0
    private var told: UInt64 = 0
    private var toldMs: UInt64?

    /// Another one.
    /// - Parameter nowMs: monotonic time.
    /// - Returns: how many there were since they were last told, where it is time to tell.
    mutating func tell(_ nowMs: UInt64) -> UInt64? {
        total += 1
        if let toldMs, nowMs - toldMs < Self.quietMs { return nil }
        let count = total - told
        told = total
        toldMs = nowMs
        return count
    }
}
