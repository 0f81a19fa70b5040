import JSON

/// Spans of time for people.
enum Duration {
    /// `12 s`, `3 min`, `5 h`, `8 d`: the largest unit that counts at least 1, seconds up to 2 minutes.
    static func text(ms: UInt64) -> Text {
        let seconds = ms / 1000
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 7200 { return "\(seconds / 60) min" }
        if seconds < 172_800 { return "\(seconds / 3600) h" }
        return "\(seconds / 86_400) d"
    }
}
