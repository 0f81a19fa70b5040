public import JSON
import ModuleIdentities

/// What a message may hold, however it came.
public enum MessageRules {
    /// Bytes of body, values of system properties, and names and values of properties. (IoT Hub: 256 KB)
    public static let maximumSize = 262_144

    /// Properties of one message. IoT Hub has no number; ours keeps the comparison of names short.
    public static let maximumProperties = 256

    /// Names of system properties that a sender may set. Who it is, is set by the host alone.
    static let settable: [Text] = [
        "messageId", "correlationId", "userId", "to", "contentType", "contentEncoding", "creationTime", "expiryTimeUtc", "messageSchema",
        "component", "ack",
    ]

    /// Names of system properties that the hub sets, on every message and on changes of twins.
    static let hubNames: [Text] = [
        "connectionDeviceId", "connectionModuleId", "enqueuedTime", "messageType", "rpSenderDeviceId", "rpSenderModuleId",
    ]

    /// Whether only the hub says what a system property of this name is. A module that sends on what it got sends these too: they are left
    /// out where modules send, and nobody says who somebody else is.
    public static func isHubs(_ name: Text) -> Bool { hubNames.contains(name) }

    /// nil for a message that may be sent, else what is wrong with it and what would be right.
    ///
    /// Names of properties are not empty, do not begin with `$`, by which transports mark system properties, and differ in more
    /// than the case of letters, as conditions do not see it. Nothing holds NUL, where C strings end.
    public static func problem(with message: Message) -> Text? {
        if message.size > maximumSize {
            return "the message has \(message.size) bytes with its properties; at most \(maximumSize) are allowed"
        }
        if message.properties.count > maximumProperties {
            return "the message has \(message.properties.count) properties; at most \(maximumProperties) are allowed"
        }
        if !message.output.isEmpty, let problem = IdentifierRules.problem(inEndpointName: message.output) { return "output: \(problem)" }
        for (index, property) in message.properties.enumerated() {
            if property.name.isEmpty { return "properties: a name must not be empty" }
            if property.name.hasPrefix("$") { return "properties: \(property.name.quoted) begins with $, as only system properties do" }
            if let problem = control(in: property, of: "properties") { return problem }
            for other in message.properties[..<index] where ASCII.equalIgnoringCase(other.name, property.name) {
                return "properties: \(other.name.quoted) and \(property.name.quoted) are one name; names must differ in more than case"
            }
        }
        for (index, property) in message.systemProperties.enumerated() {
            if let problem = problem(withSystem: property) { return problem }
            for other in message.systemProperties[..<index] where other.name == property.name {
                return "systemProperties: \(property.name.quoted) comes twice"
            }
        }
        return nil
    }

    private static func problem(withSystem property: MessageProperty) -> Text? {
        if isHubs(property.name) {
            return "systemProperties: \(property.name.quoted) is set by the host, which knows the sender; leave it out"
        }
        guard settable.contains(property.name) else {
            return "systemProperties: \(property.name.quoted) is not known; use \(settable.listed(last: "or"))"
        }
        return control(in: property, of: "systemProperties")
    }

    private static func control(in property: MessageProperty, of place: Text) -> Text? {
        for byte in property.name.utf8 where byte < 0x20 || byte == 0x7F {
            return "\(place): the name \(property.name.quoted) holds a control character"
        }
        for byte in property.value.utf8 where byte == 0 {
            return "\(place): the value of \(property.name.quoted) holds the character \\u0000"
        }
        return nil
    }
}
