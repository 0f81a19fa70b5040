import CMartlet

/// A message on an input; a copy, to be kept as long as needed.
public struct IncomingMessage: Sendable {
    public let input: Name
    public let body: [UInt8]
    public let properties: Properties
    /// With IoT Hub's names: `messageId`, `contentType`, …
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
