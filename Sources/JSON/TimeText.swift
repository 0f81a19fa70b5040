/// Times of day as text, UTC: the one place where a calendar is known.
public enum TimeText {
    /// Bytes of a log stamp, `2026-11-23 02:29:07.123 +00:00`.
    public static let logStampCount = 30

    /// Writes a log stamp without allocating.
    /// - Parameters:
    ///   - ms: milliseconds since 1970, before it negative; what is before the year 0 or after 9999 is taken for its first or last moment.
    ///   - text: room for `logStampCount` bytes.
    public static func writeLogStamp(_ ms: Int64, to text: UnsafeMutablePointer<UInt8>) {
        write(ms, separator: UInt8(ascii: " "), zone: " +00:00", to: text)
    }

    /// Bytes of a time as JSON documents hold it, `2026-11-23T02:29:07.123Z`.
    public static let iso8601Count = 24

    /// Writes a time as `Text(iso8601Ms:)` makes it, without allocating.
    /// - Parameters:
    ///   - ms: as in `writeLogStamp`.
    ///   - text: room for `iso8601Count` bytes.
    @inline(never)
    public static func writeISO8601(_ ms: Int64, to text: UnsafeMutablePointer<UInt8>) {
        write(ms, separator: UInt8(ascii: "T"), zone: "Z", to: text)
    }

    @inline(never)
    fileprivate static func text(_ ms: Int64, separator: UInt8, zone: StaticString) -> Text {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: logStampCount) { buffer in
            guard let text = buffer.baseAddress else { return "" }
            let count = write(ms, separator: separator, zone: zone, to: text)
            return Text(utf8: UnsafeRawBufferPointer(start: text, count: count))
        }
    }

    @discardableResult
    private static func write(_ ms: Int64, separator: UInt8, zone: StaticString, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let (year0, year9999): (Int64, Int64) = (-62_167_219_200_000, 253_402_300_799_999)
        let ms = min(max(ms, year0), year9999)
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

    /// The number of a day, counted from 1970-01-01, of Gregory's calendar.
    public static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years start in March here too.
        let year = month <= 2 ? year - 1 : year
        let era = (year - (year < 0 ? 399 : 0)) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
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

extension Text {
    /// A time as JSON documents hold it: `2026-11-23T02:29:07.123Z`.
    /// - Parameter ms: milliseconds since 1970, as in `TimeText.writeLogStamp`.
    public init(iso8601Ms ms: Int64) {
        self = TimeText.text(ms, separator: UInt8(ascii: "T"), zone: "Z")
    }

    /// A time as log lines hold it: `2026-11-23 02:29:07.123 +00:00`.
    /// - Parameter ms: milliseconds since 1970, as in `TimeText.writeLogStamp`.
    public init(logStampMs ms: Int64) {
        self = TimeText.text(ms, separator: UInt8(ascii: " "), zone: " +00:00")
    }
}
