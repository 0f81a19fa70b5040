/// A board without a clock battery starts in 1970.
public enum PlausibleClock {
    /// The start of 2020, in milliseconds since 1970: what is before it was not told the time yet.
    public static let sinceMs: Int64 = 1_577_836_800_000
}
