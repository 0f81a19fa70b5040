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

    /// Bytes of a log stamp.
    public static let logStampCount = 30

    /// As `logStamp`, without allocating.
    /// - Parameter text: room for `logStampCount` bytes.
    public static func writeLogStamp(_ ms: Int64, to text: UnsafeMutablePointer<UInt8>) {
        write(ms, separator: UInt8(ascii: " "), zone: " +00:00", to: text)
    }

    private static func format(_ ms: Int64, separator: UInt8, zone: StaticString) -> String {
        let text = [UInt8](unsafeUninitializedCapacity: logStampCount) { buffer, count in
            guard let text = buffer.baseAddress else { return }
            count = write(ms, separator: separator, zone: zone, to: text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    @discardableResult
    private static func write(_ ms: Int64, separator: UInt8, zone: StaticString, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let dayMs: Int64 = 86_400_000
        // Rounded towards the past, so that before 1970 the time of day is not negative.
        let day = (ms - (ms < 0 ? dayMs - 1 : 0)) / dayMs
        let time = ms - day * dayMs
        let date = civil(day)
        var end = text
        func append(_ value: Int64, digits: Int, then byte: UInt8?) {
            var rest = value
            for index in (0..<digits).reversed() {
                end[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            end += digits
            guard let byte else { return }
            end.pointee = byte
            end += 1
        }
        append(date.year, digits: 4, then: UInt8(ascii: "-"))
        append(date.month, digits: 2, then: UInt8(ascii: "-"))
        append(date.day, digits: 2, then: separator)
        append(time / 3_600_000, digits: 2, then: UInt8(ascii: ":"))
        append(time / 60_000 % 60, digits: 2, then: UInt8(ascii: ":"))
        append(time / 1000 % 60, digits: 2, then: UInt8(ascii: "."))
        append(time % 1000, digits: 3, then: nil)
        end.update(from: zone.utf8Start, count: zone.utf8CodeUnitCount)
        return end + zone.utf8CodeUnitCount - text
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
}
