import CPOSIX
import JSON
import UV

/// The host's own log: one line an event on standard error, in IoT Edge's form, which journald reads. (contract section 6)
///
/// `<6> 2026-11-23 02:29:07.123 +00:00 [INF] agent: thermometer running (library, loop, 0.4 ms)`
struct Log {
    /// Who speaks: `host`, `agent`, `hub`, `management`.
    let part: Text

    /// - Parameter level: syslog's, 0 to 7.
    func write(_ level: Int32, _ text: Text) {
        // One event is one line, whatever a module's error text holds.
        let line: Text = "<\(level)> \(Text(logStampMs: WallClock.nowMs)) [\(Self.word(level))] \(part): \(text)"
        var bytes = line.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }
        bytes.append(UInt8(ascii: "\n"))
        bytes.withUnsafeBytes { _ = CPOSIX.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    func error(_ text: Text) { write(3, text) }
    func warning(_ text: Text) { write(4, text) }
    func info(_ text: Text) { write(6, text) }

    /// IoT Edge's three letters.
    private static func word(_ level: Int32) -> Text {
        switch level {
        case ...2: "FTL"
        case 3: "ERR"
        case 4: "WRN"
        case 5, 6: "INF"
        default: "DBG"
        }
    }
}
