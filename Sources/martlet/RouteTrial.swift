import JSON
import Messages
import UV

/// A route and the messages that it is asked about, a line each.
struct RouteTrial {
    private let route: Route
    private let subject: ConditionSubject
    private var line = 0
    /// A line was no message.
    private(set) var hasFailed = false

    init(_ route: Route, device: Text) {
        self.route = route
        subject = ConditionSubject(deviceID: device)
    }

    /// What to print for a line; nil: it is empty.
    /// - Parameter bytes: nil: it is too long.
    mutating func answer(_ bytes: [UInt8]?) -> String? {
        line += 1
        guard let bytes else { return failure("it is longer than \(Input.limit) bytes") }
        if bytes.allSatisfy({ ASCII.isBlank($0) || $0 == UInt8(ascii: "\r") }) { return nil }
        do throws(JSONError) {
            guard let object = try JSON.parse(bytes).object else { return failure("a message is a JSON object, as {\"body\":1}") }
            do throws(MessageError) {
                return wants(try MessageJSON.message(from: object)) ? "match" : "no-match"
            } catch {
                return failure(error.description)
            }
        } catch {
            return failure("not JSON: \(error.description)")
        }
    }

    private func wants(_ message: Message) -> Bool {
        let isSelected =
            message.module == "$edgeHub"
            ? route.source.matchesTwinChanges : route.source.matches(module: message.module, output: message.output)
        guard isSelected, let condition = route.condition else { return isSelected }
        subject.begin(message, enqueuedMs: WallClock.nowMs)
        defer { subject.end() }
        return condition.matches(subject)
    }

    private mutating func failure(_ reason: String) -> String {
        hasFailed = true
        Output.error("martlet route: message \(line): \(reason)\n")
        return "invalid"
    }
}
