public import JSON
public import Messages

/// All that a telemetry topic says of a message: checked once, for all messages of that topic.
public struct MessageHead: Sendable, Equatable {
    public let output: Text
    public let properties: [MessageProperty]
    public let systemProperties: [MessageProperty]

    init() {
        (output, properties, systemProperties) = ("", [], [])
    }

    /// - Throws: what `MessageRules` have against it.
    init(output: Text, properties: [MessageProperty], systemProperties: [MessageProperty]) throws(PublishError) {
        (self.output, self.properties, self.systemProperties) = (output, properties, systemProperties)
        let message = Message(module: "", output: output, body: [], properties: properties, systemProperties: systemProperties)
        guard let problem = MessageRules.problem(with: message) else { return }
        throw PublishError(
            message.size > MessageRules.maximumSize ? .tooLarge : .malformedTopic, "the property bag of the topic: \(problem)")
    }

    /// The message of a publish on that topic.
    ///
    /// RETAIN and DUP, of which IoT Hub knows nothing, become the properties `mqtt-retain` and `mqtt-dup` with the value `true`.
    /// - Parameter client: the sender, as the hub names it.
    public func message(from client: Text, _ publish: PublishPacket) throws(PublishError) -> Message {
        if publish.isRetained || publish.isDuplicate {
            var flags: [MessageProperty] = []
            if publish.isRetained { flags.append(MessageProperty(name: "mqtt-retain", value: "true")) }
            if publish.isDuplicate { flags.append(MessageProperty(name: "mqtt-dup", value: "true")) }
            return try with(flags).message(from: client, body: publish.payload)
        }
        return try message(from: client, body: publish.payload)
    }

    /// A message with this head.
    /// - Parameter body: is copied.
    func message(from client: Text, body: UnsafeRawBufferPointer) throws(PublishError) -> Message {
        let message = Message(
            module: client, output: output, body: body, properties: properties, systemProperties: systemProperties, isChecked: true)
        guard message.size <= MessageRules.maximumSize else {
            throw PublishError(
                .tooLarge, "the message has \(message.size) bytes with its properties; at most \(MessageRules.maximumSize) are allowed")
        }
        return message
    }

    /// With more properties, in the place of those that have their names in whatever case.
    func with(_ more: [MessageProperty]) throws(PublishError) -> MessageHead {
        let kept = properties.filter { property in !more.contains { ASCII.equalIgnoringCase($0.name, property.name) } }
        return try MessageHead(output: output, properties: kept + more, systemProperties: systemProperties)
    }
}
