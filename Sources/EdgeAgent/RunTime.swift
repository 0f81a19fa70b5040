/// For how long something was so, in milliseconds.
struct RunTime {
    private var sumMs: UInt64 = 0
    private var sinceMs: UInt64?

    /// It is so from now on, unless it is already.
    mutating func begin(_ nowMs: UInt64) {
        if sinceMs == nil { sinceMs = nowMs }
    }

    /// It is no longer so.
    mutating func end(_ nowMs: UInt64) {
        sumMs = totalMs(nowMs)
        sinceMs = nil
    }

    func totalMs(_ nowMs: UInt64) -> UInt64 { sumMs + (sinceMs.map { nowMs - min(nowMs, $0) } ?? 0) }
}
