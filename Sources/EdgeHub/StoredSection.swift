import JSON
import ModuleTwins

/// A section of a twin as it stands in the database: the one place that knows.
enum StoredSection {
    /// The bytes of a section or of the tags.
    static func bytes(_ properties: JSONObject) -> [UInt8] { JSON.object(properties).bytes() }

    /// The reverse of `bytes`; nil: they are damaged.
    static func properties(_ bytes: [UInt8]) -> JSONObject? { StoredJSON.object(bytes) }

    /// The bytes of a section of schema 1, all of it changed at one time.
    static func bytes(_ properties: JSONObject, updatedMs: Int64, version: UInt64) -> [UInt8] { bytes(properties) }

    /// Milliseconds since 1970 of `2026-11-23T02:29:07.123Z`.
    static func ms(_ text: Text) -> Int64 {
        let digits = text.utf8.filter { $0 >= 48 && $0 <= 57 }.map { Int64($0) - 48 }
        guard digits.count == 17 else { return 0 }
        func number(_ from: Int, _ count: Int) -> Int64 { digits[from..<from + count].reduce(0) { $0 * 10 + $1 } }
        let (month, year) = (number(4, 2), number(0, 4) - (number(4, 2) <= 2 ? 1 : 0))
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + number(6, 2) - 1
        let days = year * 365 + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
        return ((days * 24 + number(8, 2)) * 60 + number(10, 2)) * 60_000 + number(12, 5)
    }

    /// The reverse of `ms`.
    static func stamp(_ ms: Int64) -> Text { Text(iso8601Ms: ms) }
}
