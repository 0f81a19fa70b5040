import JSON

/// Log lines of which a stranger could cause any number: of each kind a few are written at once, and those that follow within some
/// seconds become one line with their count.
struct LineThrottle {
    /// What lines are about. Each kind is counted by itself.
    enum Kind: Int, CaseIterable {
        /// A connection was refused before it was anybody's.
        case refused
        /// A client broke the rules and was cut off.
        case broken
        /// A client came or went.
        case session
        /// Something of a client means nothing here.
        case ignored
    }

    /// A line that is to be written.
    struct Line: Equatable {
        /// Syslog's.
        let level: Int32
        let text: Text
    }

    private struct State {
        /// The end of the time for which lines are counted.
        var until: UInt64 = 0
        /// Of that time, written at once.
        var written = 0
        /// Of that time, not written.
        var count = 0
        var last = Line(level: 6, text: "")
    }

    /// Lines are counted for so long.
    static let quietMs: UInt64 = 10_000
    /// So many of a kind are written at once in that time.
    static let burst = 5

    private var states = [State](repeating: State(), count: Kind.allCases.count)

    /// When `flush` has something to give; nil: nothing waits.
    private(set) var due: UInt64?

    /// - Returns: the line, where it is to be written now.
    mutating func admit(_ kind: Kind, _ line: Line, now: UInt64) -> Line? {
        let index = kind.rawValue
        if now >= states[index].until && states[index].count == 0 { states[index] = State(until: now + LineThrottle.quietMs) }
        if states[index].written < LineThrottle.burst {
            states[index].written += 1
            return line
        }
        states[index].count += 1
        states[index].last = line
        due = min(due ?? UInt64.max, states[index].until)
        return nil
    }

    /// - Returns: what has waited long enough.
    mutating func flush(now: UInt64) -> [Line] {
        var lines: [Line] = []
        due = nil
        for index in states.indices where states[index].count > 0 {
            guard now >= states[index].until else {
                due = min(due ?? UInt64.max, states[index].until)
                continue
            }
            let (count, last) = (states[index].count, states[index].last)
            let text: Text = count == 1 ? last.text : "\(last.text) (and \(count - 1) more of the kind before it)"
            lines.append(Line(level: last.level, text: text))
            states[index] = State(until: now + LineThrottle.quietMs, written: LineThrottle.burst)
        }
        return lines
    }
}
