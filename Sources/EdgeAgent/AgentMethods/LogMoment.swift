import JSON

/// A moment as IoT Edge's log filters name it: `2026-11-23T02:29:07Z`, seconds since 1970, or how long ago: `90m`, `1 day`,
/// `2 days 3 hours 2 minutes`.
enum LogMoment {
    private static let example: Text =
        "a time as 2026-11-23T02:29:07Z, seconds since 1970, or a span as 90m or \"2 days 3 hours\" is expected"

    /// In milliseconds since 1970.
    /// - Parameter place: where it stands, for messages.
    static func parse(_ value: JSON, _ place: Text, nowMs: Int64) throws(AgentMethodError) -> Int64 {
        switch value {
        case .integer(let seconds):
            if let ms = milliseconds(seconds) { return ms }
        case .string(let text):
            let bytes = text.bytes
            if let ms = time(bytes) ?? number(bytes[...]).flatMap(milliseconds) { return ms }
            if let span = span(bytes) { return nowMs - span }
        default: break
        }
        throw .invalid("\(place) is \(value.shown): \(example)")
    }

    private static func milliseconds(_ seconds: Int64) -> Int64? {
        seconds >= 0 && seconds < 1 << 40 ? seconds * 1000 : nil
    }

    /// Up to twelve digits and nothing else.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 12 else { return nil }
        var number: Int64 = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            number = number * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    // MARK: - Spans

    /// Numbers with units, added.
    private static func span(_ bytes: [UInt8]) -> Int64? {
        var place = 0
        var total: Int64 = 0
        var isEmpty = true
        func run(_ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
            let start = place
            while place < bytes.count, belongs(bytes[place]) { place += 1 }
            return bytes[start..<place]
        }
        while true {
            _ = run { $0 == UInt8(ascii: " ") }
            if place == bytes.count { return isEmpty ? nil : total }
            guard let count = number(run(isDigit)) else { return nil }
            _ = run { $0 == UInt8(ascii: " ") }
            guard let unit = unit(Text(utf8: run { !isDigit($0) && $0 != UInt8(ascii: " ") })) else { return nil }
            let (product, isLarge) = count.multipliedReportingOverflow(by: unit)
            guard !isLarge, product < 1 << 50, total < 1 << 50 else { return nil }
            total += product
            isEmpty = false
        }
    }

    private static func unit(_ word: Text) -> Int64? {
        switch word {
        case "s", "sec", "secs", "second", "seconds": 1000
        case "m", "min", "mins", "minute", "minutes": 60_000
        case "h", "hr", "hrs", "hour", "hours": 3_600_000
        case "d", "day", "days": 86_400_000
        case "w", "week", "weeks": 604_800_000
        default: nil
        }
    }

    // MARK: - Times

    /// RFC 3339, with `T` or a space between date and time and with or without a fraction.
    private static func time(_ bytes: [UInt8]) -> Int64? {
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] | 0x20 == UInt8(ascii: "t") || bytes[10] == UInt8(ascii: " "), bytes[13] == UInt8(ascii: ":"),
            bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10]),
            let hour = number(bytes[11..<13]), let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var place = 19
        var fraction: Int64 = 0
        if bytes[place] == UInt8(ascii: ".") {
            var weight: Int64 = 100
            place += 1
            while place < bytes.count, isDigit(bytes[place]) {
                fraction += Int64(bytes[place] - UInt8(ascii: "0")) * weight
                weight /= 10
                place += 1
            }
        }
        guard let offset = offset(bytes[place...]) else { return nil }
        return ((TimeText.day(year: year, month: month, day: day) * 24 + hour) * 60 + minute - offset) * 60_000 + second * 1000 + fraction
    }

    /// `Z`, `+01:00`, or one with a space before it, in minutes.
    private static func offset(_ zone: ArraySlice<UInt8>) -> Int64? {
        let zone = zone.first == UInt8(ascii: " ") ? Array(zone.dropFirst()) : Array(zone)
        if zone.count == 1 { return zone[0] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
        guard zone.count == 6, zone[3] == UInt8(ascii: ":"), zone[0] == UInt8(ascii: "+") || zone[0] == UInt8(ascii: "-"),
            let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]), hours < 24, minutes < 60
        else { return nil }
        return (zone[0] == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    /// The moment at the beginning of a log line, `2019-02-14 16:15:35.243 -08:00`, and what comes after it.
    static func stamp(_ line: ArraySlice<UInt8>) -> (ms: Int64, rest: ArraySlice<UInt8>)? {
        guard line.count > TimeText.logStampCount else { return nil }
        let end = line.startIndex + TimeText.logStampCount
        guard line[end] == UInt8(ascii: " "), let ms = time(Array(line[..<end])) else { return nil }
        return (ms: ms, rest: line[(end + 1)...])
    }
}
