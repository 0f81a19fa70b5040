import CMartlet

/// A message on an input; a copy, to be kept as long as needed.
public struct IncomingMessage: Sendable {
    public let input: Name
    public let body: [UInt8]
    public let properties: Properties
    /// With IoT Hub's names: what the hub knows of the message, `connectionDeviceId`, `connectionModuleId` (who sent it; not there for a
    /// message of the operator) and `enqueuedTime` (`2026-11-23T02:29:07.123Z`), and what its sender said, `messageId`, `contentType`, …
    /// Sent on, what the hub says is left out.
    public let systemProperties: Properties

    /// The body, to be read as JSON; what is not JSON has no members.
    public var json: JSONText { JSONText(body) }

    init(_ message: martlet_message) {
        input = Name(message.name.map { String(cString: $0) } ?? "")
        body = [UInt8](message.body)
        properties = Properties(message.properties, count: message.property_count)
        systemProperties = Properties(message.system_properties, count: message.system_property_count)
    }
}

extension [UInt8] {
    /// A copy of bytes that belong to the host.
    init(_ bytes: martlet_bytes) {
        self.init(UnsafeRawBufferPointer(start: bytes.data, count: bytes.data == nil ? 0 : bytes.size))
    }
}
