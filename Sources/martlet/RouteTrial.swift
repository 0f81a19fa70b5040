import EdgeHub
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
                return wants(try Self.message(from: object)) ? "match" : "no-match"
            } catch {
                return failure(error.description)
            }
        } catch {
            return failure("not JSON: \(error.description)")
        }
    }

    /// The hub's own messages are changes of reported properties: as `martlet monitor` prints them, they have system properties that nobody
    /// else may set. Those that tell what they are need not be written.
    private static func message(from object: JSONObject) throws(MessageError) -> Message {
        guard object["module"]?.string == EdgeHub.ownName else { return try MessageJSON.message(from: object) }
        var rest = object
        let given = object["systemProperties"]?.object ?? JSONObject()
        if object["systemProperties"]?.object != nil {
            rest["systemProperties"] = .object(JSONObject(members: given.members.filter { !MessageRules.isHubs($0.key) }))
        }
        let message = try MessageJSON.message(from: rest)
        var system = message.systemProperties
        for member in given where MessageRules.isHubs(member.key) {
            guard let value = member.value.string else {
                throw MessageError("systemProperties: the value of \(member.key.quoted) is not a string")
            }
            system.append(MessageProperty(name: member.key, value: value))
        }
        for name in ["messageSchema", "messageType"] as [Text] where !system.contains(where: { $0.name == name }) {
            system.append(MessageProperty(name: name, value: EdgeHub.kindOfTwinChanges))
        }
        return Message(module: message.module, output: message.output, body: message.body, systemProperties: system, isChecked: true)
    }

    private func wants(_ message: Message) -> Bool {
        let isSelected =
            message.module == EdgeHub.ownName
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
