import JSON
import Messages
import RouteModels

extension FuzzTarget {
    /// A condition and messages: product and model agree whether it is one, and which of the messages it wants.
    ///
    /// The first line is the condition, each other one a message as JSON. If the first byte is a control character, condition and
    /// message are made of the bytes behind it.
    static let condition = FuzzTarget(name: "condition") { bytes in
        let device: Text = "Hannover01"
        let subject = ConditionSubject(deviceID: device)
        guard let first = bytes.first, first < 0x20 else {
            let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 40, omittingEmptySubsequences: false)
            let messages = lines.dropFirst().compactMap { try? JSON.parse(Array($0)).object }.compactMap {
                try? MessageJSON.message(from: $0)
            }
            return fault(Text(utf8: lines.first ?? []), messages + [Message(module: "m", output: "", body: [])], subject, device)
        }
        var input = FuzzInput(Array(bytes.dropFirst()))
        let message = FuzzedMessage.make(&input)
        var writer = FuzzedCondition(input)
        return fault(Text(writer.condition()), [message], subject, device)
    }

    private static func fault(_ condition: Text, _ messages: [Message], _ subject: ConditionSubject, _ device: Text) -> String? {
        let text: Text = "FROM /* WHERE \(condition) INTO $upstream"
        let model = RouteModel(text.string)
        let route: Route
        do throws(RouteError) {
            route = try Route.parse(text)
        } catch {
            return model == nil || LimitModel.isOver(text.string) ? nil : "\(condition): refused, and it is one: \(error)"
        }
        guard let model else { return "\(condition): taken, and it is none" }
        for message in messages {
            let time: Int64 = 1_795_400_947_123
            subject.begin(message, enqueuedMs: time)
            // Twice: the second time the body is known.
            let answers = (0..<2).map { _ in route.condition?.matches(subject) ?? true }
            subject.end()
            let expected = model.matches(MessageModel(message, device: device, enqueuedMs: time))
            if answers != [expected, expected] {
                return "\(condition): \(answers), and not \(expected), for \(JSON.object(MessageJSON.object(of: message)).text)"
            }
        }
        return nil
    }
}

extension MessageModel {
    /// What the hub knows of a message, by IoT Edge's names.
    fileprivate init(_ message: Message, device: Text, enqueuedMs: Int64) {
        self.init()
        properties = message.properties.map { ($0.name.string, $0.value.string) }
        systemProperties = message.systemProperties.map { ($0.name.string, $0.value.string) }
        systemProperties.append(("connectionDeviceId", device.string))
        if !message.module.isEmpty { systemProperties.append(("connectionModuleId", message.module.string)) }
        if !message.output.isEmpty { systemProperties.append(("outputName", message.output.string)) }
        systemProperties.append(("enqueuedTime", Text(iso8601Ms: enqueuedMs).string))
        systemProperties.append(("edgeHubOriginInterface", "internal"))
        for (name, other) in [("correlationId", "cid"), ("expiryTimeUtc", "absolute-expiry-time"), ("component", "dt-subject")] {
            if let value = message.systemProperty(Text(name)) { systemProperties.append((other, value.string)) }
        }
        body = message.body
    }
}
