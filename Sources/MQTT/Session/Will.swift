public import JSON
public import Messages

/// What is sent in the name of a client that goes without DISCONNECT: telemetry with the property `iothub-MessageType=Will`. (IoT Hub)
public struct Will: Sendable {
    private let head: MessageHead
    private let body: [UInt8]

    /// Bytes that it keeps.
    public var count: Int { body.count }

    /// - Parameter client: the sender, as the hub names it.
    public func message(from client: Text) -> Message {
        // Its size was checked: it came in a packet far smaller than a message may be.
        Message(
            module: client, output: head.output, body: body, properties: head.properties, systemProperties: head.systemProperties,
            isChecked: true)
    }

    init(_ will: ConnectPacket.Will, head: MessageHead) throws(PublishError) {
        var flags = [MessageProperty(name: "iothub-MessageType", value: "Will")]
        if will.isRetained { flags.append(MessageProperty(name: "mqtt-retain", value: "true")) }
        self.head = try head.with(flags)
        body = [UInt8](will.payload)
    }
}
