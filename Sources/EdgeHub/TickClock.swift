import ModuleIdentities

/// The hub's own time, by which messages grow old: milliseconds, called ticks.
///
/// While the host runs, ticks go on with the monotonic clock, whatever the wall clock does. Over a restart they go on from where the disk
/// says they were, and the time for which the host was off counts if the wall clock was right before and is right now; if it becomes
/// right only later, the time off counts from then on. A wall clock is right if it is not before 2020, and not before what it was.
struct TickClock: Sendable {
    /// What the disk says of a moment of an earlier run.
    struct Mark: Sendable, Equatable {
        var ticks: Int64
        /// Milliseconds since 1970; 0: the clock was not right.
        var wallMs: Int64
    }

    /// No time is longer than this, so that sums stay numbers: 285,000 years. What a damaged row says is cut to it.
    static let longest: Int64 = 1 << 53

    /// Ticks when monotonic time was 0.
    private var offset: Int64
    private let startMs: UInt64
    /// Of the earlier run, as long as it is not known how long the host was off since.
    private var before: Mark?

    /// - Parameter mark: the last of the earlier run; nil: there was none.
    init(_ mark: Mark?, nowMs: UInt64, wallMs: Int64) {
        startMs = nowMs
        let ticks = min(max(mark?.ticks ?? 0, 0), TickClock.longest)
        offset = ticks &- Int64(truncatingIfNeeded: nowMs)
        if let mark, mark.wallMs >= PlausibleClock.sinceMs { before = Mark(ticks: ticks, wallMs: mark.wallMs) }
        if let missed = missed(nowMs: nowMs, wallMs: wallMs) { add(missed) }
    }

    func ticks(_ nowMs: UInt64) -> Int64 { Int64(truncatingIfNeeded: nowMs) &+ offset }

    /// For the disk.
    func mark(nowMs: UInt64, wallMs: Int64) -> Mark {
        Mark(ticks: ticks(nowMs), wallMs: wallMs >= PlausibleClock.sinceMs ? wallMs : 0)
    }

    /// For how long the host was off, once that can be told; nil: it cannot be told yet, or was told and counts already.
    func missed(nowMs: UInt64, wallMs: Int64) -> Int64? {
        guard let before, wallMs >= PlausibleClock.sinceMs else { return nil }
        let startedAt = wallMs &- Int64(truncatingIfNeeded: nowMs &- startMs)
        return min(max(startedAt &- before.wallMs, 0), TickClock.longest)
    }

    /// The time off counts from now on.
    mutating func add(_ missed: Int64) {
        before = nil
        offset &+= missed
    }
}
