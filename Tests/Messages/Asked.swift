import JSON
import Messages

/// What a condition is for one message. By the language itself: only true matches, and NOT tells false from undefined.
enum Outcome: Equatable { case yes, no, null, undefined }

/// A message of which conditions are asked.
struct Asked {
    private let message: Message
    private let subject: ConditionSubject
    private let enqueuedMs: Int64

    init(
        module: Text = "thermometer", output: Text = "temperature", properties: [(Text, Text)] = Asked.sample,
        systemProperties: [(Text, Text)] = Asked.json, body: [UInt8], enqueuedMs: Int64 = 1_700_000_000_123
    ) {
        message = Message(
            module: module, output: output, body: body, properties: properties.map { MessageProperty(name: $0.0, value: $0.1) },
            systemProperties: systemProperties.map { MessageProperty(name: $0.0, value: $0.1) })
        subject = ConditionSubject(deviceID: "dev")
        self.enqueuedMs = enqueuedMs
    }

    init(_ body: String = "{}", properties: [(Text, Text)] = Asked.sample) {
        self.init(properties: properties, body: Array(body.utf8))
    }

    static var sample: [(Text, Text)] { [("level", "high"), ("count", "3"), ("blank", ""), ("LOUD", "VALUE3"), ("$own", "mine")] }
    static var json: [(Text, Text)] { [("contentType", "application/json"), ("contentEncoding", "utf-8")] }

    /// Whether a condition holds.
    func matches(_ condition: String) throws -> Bool {
        guard let compiled = try Asked.compile(condition) else { return true }
        subject.begin(message, enqueuedMs: enqueuedMs)
        defer { subject.end() }
        return compiled.matches(subject)
    }

    func outcome(_ condition: String) throws -> Outcome {
        if try matches(condition) { return .yes }
        if (try? matches("is_null((\(condition)))")) == true { return .null }
        return (try? matches("NOT (\(condition))")) == true ? .no : .undefined
    }

    static func compile(_ condition: String) throws -> Condition? {
        try Route.parse(Text("FROM /* WHERE " + condition + " INTO $upstream")).condition
    }

    /// Why a condition does not compile, with its column in the condition; nil: it does.
    static func fault(_ condition: String) -> String? {
        do throws(RouteError) {
            _ = try Route.parse(Text("FROM /* WHERE " + condition + " INTO $upstream"))
            return nil
        } catch {
            return "\(error.line):\(error.column - (error.line == 1 ? 14 : 0)) \(error.message)"
        }
    }

    /// What is said of a condition that compiles, with its column in the condition.
    static func warnings(_ condition: String) throws -> [String] {
        var said: [String] = []
        _ = try Route.parse(Text("FROM /* WHERE " + condition + " INTO $upstream")) { said.append("\($0.column - 14) \($0.message)") }
        return said
    }
}
