import JSON

/// Which lines of a module's log are wanted. (IoT Edge's GetModuleLogs)
struct LogFilter {
    /// The last so many of those that are left; nil: all.
    var tail: Int?
    /// Milliseconds since 1970.
    var sinceMs: Int64?
    var untilMs: Int64?
    /// Lines of this level of syslog alone.
    var level: Int32?
    /// Lines in whose text it is found.
    var pattern: TextPattern?

    init() {}

    /// From `{"tail":n,"since":…,"until":…,"loglevel":0-7,"regex":"…"}`.
    init(_ json: JSON?, _ place: Text, nowMs: Int64) throws(AgentMethodError) {
        guard let json, !json.isNull else { return }
        guard let object = json.object else { throw .invalid("\(place) is \(json.shown): an object is expected") }
        for member in object where !member.value.isNull {
            let place: Text = "\(place).\(member.key)"
            switch AgentMethods.lowercased(member.key) {
            case "tail": tail = Int(try AgentMethods.number(member.value, place, 0...1_000_000))
            case "since": sinceMs = try LogMoment.parse(member.value, place, nowMs: nowMs)
            case "until": untilMs = try LogMoment.parse(member.value, place, nowMs: nowMs)
            case "loglevel": level = Int32(try AgentMethods.number(member.value, place, 0...7))
            case "regex": pattern = try TextPattern(try AgentMethods.text(member.value, place), place)
            default: throw .invalid("\(place) is not known: tail, since, until, loglevel and regex are")
            }
        }
    }

    func lines(of log: ModuleLog) -> [ModuleLog.Line] {
        let wanted = log.tail(nil).filter(takes)
        return tail.map { Array(wanted.suffix($0)) } ?? wanted
    }

    private func takes(_ line: ModuleLog.Line) -> Bool {
        if let sinceMs, line.time < sinceMs { return false }
        if let untilMs, line.time >= untilMs { return false }
        guard level != nil || pattern != nil else { return true }
        let parsed = ParsedLogLine(line)
        if let level, parsed.level != level { return false }
        return pattern?.matches(parsed.text) ?? true
    }
}
