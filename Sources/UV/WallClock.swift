import CPOSIX

/// Time of day, UTC. Only for stamps and token expiry: a board without a clock battery starts in 1970, and the clock may jump.
/// Durations are measured with `Loop.monotonicMs`. As text: `TimeText` of the JSON room.
public enum WallClock {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public static var nowMs: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
