import CPOSIX

/// Time of day, UTC. Only for stamps and token expiry: a board without a clock battery starts in 1970, and the clock may jump.
/// Durations are measured with `Loop.monotonicMs`.
public enum WallClock {
    /// Milliseconds since 1970-01-01 00:00 UTC.
    public static var nowMs: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// `2026-11-23T02:29:07.123Z`.
    /// - Parameter ms: milliseconds since 1970, before it negative; years 0 to 9999.
    public static func iso8601(_ ms: Int64) -> String {
        format(ms, separator: UInt8(ascii: "T"), zone: "Z")
    }

    /// `2026-11-23 02:29:07.123 +00:00`, the form of log lines.
    /// - Parameter ms: milliseconds since 1970, before it negative; years 0 to 9999.
    public static func logStamp(_ ms: Int64) -> String {
        format(ms, separator: UInt8(ascii: " "), zone: " +00:00")
    }

    private static func format(_ ms: Int64, separator: UInt8, zone: StaticString) -> String {
        let dayMs: Int64 = 86_400_000
        // Rounded towards the past, so that before 1970 the time of day is not negative.
        let day = (ms - (ms < 0 ? dayMs - 1 : 0)) / dayMs
        let time = ms - day * dayMs
        let date = civil(day)
        var text: [UInt8] = []
        text.reserveCapacity(30)
        append(date.year, digits: 4, to: &text)
        text.append(UInt8(ascii: "-"))
        append(date.month, digits: 2, to: &text)
        text.append(UInt8(ascii: "-"))
        append(date.day, digits: 2, to: &text)
        text.append(separator)
        append(time / 3_600_000, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(time / 60_000 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(time / 1000 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: "."))
        append(time % 1000, digits: 3, to: &text)
        zone.withUTF8Buffer { text.append(contentsOf: $0) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The date of a day counted from 1970-01-01. Years start in March here, so that the leap day is the last of its year.
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let daysPer400Years: Int64 = 146_097
        let fromMarch0 = day + 719_468
        let era = (fromMarch0 - (fromMarch0 < 0 ? daysPer400Years - 1 : 0)) / daysPer400Years
        let dayOfEra = fromMarch0 - era * daysPer400Years
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }

    private static func append(_ value: Int64, digits: Int, to text: inout [UInt8]) {
        var divisor: Int64 = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
