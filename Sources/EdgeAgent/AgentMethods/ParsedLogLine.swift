import JSON

/// A line of a module's log, taken apart where it follows IoT Edge's form: `<6> 2019-02-14 16:15:35.243 -08:00 text`.
struct ParsedLogLine {
    /// Syslog's level: that of the line where it says one, else that with which it came.
    let level: Int32
    /// Milliseconds since 1970; likewise.
    let time: Int64
    /// Without level and time.
    let text: Text

    init(_ line: ModuleLog.Line) {
        var rest = line.text.bytes[...]
        var (level, time) = (line.level, line.time)
        if rest.count >= 3, rest[0] == UInt8(ascii: "<"), rest[2] == UInt8(ascii: ">"),
            rest[1] >= UInt8(ascii: "0"), rest[1] <= UInt8(ascii: "7")
        {
            level = Int32(rest[1] - UInt8(ascii: "0"))
            rest = rest.dropFirst(3).drop { ASCII.isBlank($0) }
        }
        if let stamp = LogMoment.stamp(rest) {
            time = stamp.ms
            rest = stamp.rest.drop { ASCII.isBlank($0) }
        }
        (self.level, self.time, text) = (level, time, Text(utf8: rest))
    }
}
