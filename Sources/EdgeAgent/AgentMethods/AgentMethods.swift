import Deployment
public import JSON
public import ModuleLinks
import UV

/// The direct methods of `$edgeAgent`: `ping`, `RestartModule` and `GetModuleLogs`, whatever the case of their names.
public final class AgentMethods {
    private let agent: EdgeAgent
    private let deviceID: Text
    private let hubHostName: Text
    private let log: (Int32, Text) -> Void

    /// How often each method was called; the last counts all names that are none.
    public private(set) var calls: [(method: Text, count: UInt64)] = [
        ("ping", 0), ("RestartModule", 0), ("GetModuleLogs", 0), ("other", 0),
    ]

    /// - Parameters:
    ///   - hubHostName: of the device, for log records.
    ///   - log: level (syslog's) and text of what an operator should know.
    public init(agent: EdgeAgent, deviceID: Text, hubHostName: Text, log: @escaping (Int32, Text) -> Void) {
        self.agent = agent
        self.deviceID = deviceID
        self.hubHostName = hubHostName
        self.log = log
    }

    /// Answers a call, now or later.
    public func answer(_ call: MethodCall) {
        let index = calls.dropLast().firstIndex { ASCII.equalIgnoringCase($0.method, call.method) } ?? calls.count - 1
        calls[index].count += 1
        do throws(AgentMethodError) {
            switch index {
            case 0: call.end(.answered(status: 200, payload: nil))
            case 1: try restart(call)
            case 2: call.end(.answered(status: 200, payload: try logs(call)))
            default:
                throw .invalid("$edgeAgent has no method \(call.method.quoted): ping, RestartModule and GetModuleLogs are there")
            }
        } catch {
            call.end(.answered(status: error.status, payload: ["message": .string(error.message)]))
        }
    }

    private func restart(_ call: MethodCall) throws(AgentMethodError) {
        let payload = try object(call)
        guard let id = Self.member(payload, "id") else { throw .invalid("id is missing: the name of a module is expected") }
        let module = try Self.text(id, "id")
        let isThere = agent.restart(module) { call.end(.answered(status: 200, payload: nil)) }
        guard isThere else { throw .failed("there is no module \(module.quoted) to restart") }
        log(6, "\(module) restarts, as $edgeAgent was asked to")
    }

    private func logs(_ call: MethodCall) throws(AgentMethodError) -> JSON {
        let query = try LogQuery(try object(call), nowMs: WallClock.nowMs)
        var answer: [JSON] = []
        for report in agent.reports() {
            let module = report.module.name
            guard let filter = query.filter(for: module), let log = agent.log(module) else { continue }
            answer.append(query.answer(module, filter.lines(of: log), device: deviceID, hub: hubHostName))
        }
        let bytes = JSON.array(answer).bytes().count
        guard bytes <= LogQuery.largestAnswer else {
            throw .invalid(
                "the logs have \(bytes) bytes; at most \(LogQuery.largestAnswer) fit into an answer: ask for fewer with id, tail or since")
        }
        return .array(answer)
    }

    /// The payload, of a version that is understood.
    private func object(_ call: MethodCall) throws(AgentMethodError) -> JSONObject {
        guard let payload = call.payload.object else {
            throw .invalid("the payload of \(call.method) is \(call.payload.shown): an object with schemaVersion is expected")
        }
        guard let given = Self.member(payload, "schemaVersion") else { throw .invalid("schemaVersion is missing: \"1.0\" is expected") }
        let version = try Self.text(given, "schemaVersion")
        guard version == "1" || version.hasPrefix("1.") else { throw .invalid("schemaVersion is \(version.quoted): \"1.0\" is expected") }
        if version != "1.0" { log(4, "\(call.method) of $edgeAgent: schemaVersion \(version.quoted) is taken for 1.0") }
        return payload
    }
}

// What stands in payloads.
extension AgentMethods {
    /// Whatever the case of its name, as IoT Edge reads it; nil: there is none, or it is null.
    static func member(_ object: JSONObject, _ key: Text) -> JSON? {
        object.first { ASCII.equalIgnoringCase($0.key, key) && !$0.value.isNull }?.value
    }

    static func text(_ value: JSON, _ place: Text) throws(AgentMethodError) -> Text {
        guard let text = value.string, !text.isEmpty else { throw .invalid("\(place) is \(value.shown): a string is expected") }
        return text
    }

    static func number(_ value: JSON, _ place: Text, _ range: ClosedRange<Int64>) throws(AgentMethodError) -> Int64 {
        guard let number = value.integer, range.contains(number) else {
            throw .invalid("\(place) is \(value.shown): a whole number of \(range.lowerBound) to \(range.upperBound) is expected")
        }
        return number
    }

    static func lowercased(_ text: Text) -> Text { Text(utf8: text.utf8.map { ASCII.lowercased($0) }) }
}
