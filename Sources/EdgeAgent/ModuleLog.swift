import JSON
import UV

/// The latest output of one module: its last lines, up to 32 KB. Older ones make room.
public final class ModuleLog {
    /// Bytes of all lines that are kept: some hundred lines a module, and no flash wear.
    public static let limit = 32 << 10

    /// One line, without its line feed.
    public struct Line: Sendable {
        public let level: Int32
        /// Milliseconds since 1970.
        public let time: Int64
        public let text: Text
    }

    private var lines: [Line] = []
    private var first = 0
    private var bytes = 0
    private var followers: [(token: Int, line: (Line) -> Void)] = []
    private var lastFollower = 0

    func append(level: Int32, _ text: Text) {
        let line = Line(level: level, time: WallClock.nowMs, text: text)
        lines.append(line)
        bytes += Self.cost(line)
        while bytes > Self.limit && first < lines.count - 1 {
            bytes -= Self.cost(lines[first])
            lines[first] = Line(level: 0, time: 0, text: "")
            first += 1
        }
        if first > 256 {
            lines.removeFirst(first)
            first = 0
        }
        for follower in followers { follower.line(line) }
    }

    /// The last lines, oldest first; nil: all that are kept.
    public func tail(_ count: Int?) -> ArraySlice<Line> {
        let kept = lines[first...]
        return count.map { kept.suffix($0) } ?? kept
    }

    /// Hears of each new line until the token is given back.
    public func follow(_ line: @escaping (Line) -> Void) -> Int {
        lastFollower += 1
        followers.append((lastFollower, line))
        return lastFollower
    }

    /// Hears no more.
    public func unfollow(_ token: Int) {
        followers.removeAll { $0.token == token }
    }

    private static func cost(_ line: Line) -> Int { line.text.utf8.count + 32 }
}
