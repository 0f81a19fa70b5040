public import JSON

/// A message on its way from an output to inputs and upstream. Immutable, so all endpoints share one body.
public final class Message: Sendable {
    /// The sending module, as the host knows it: a sender cannot forge it. Empty: sent by the operator.
    public let module: Text
    /// The output it was sent to; empty where there is none.
    public let output: Text
    public let body: [UInt8]
    public let properties: [MessageProperty]
    /// Under IoT Hub's names: messageId, correlationId, contentType, contentEncoding, …
    public let systemProperties: [MessageProperty]
    /// Bytes that count against `MessageRules.maximumSize`.
    public let size: Int
    /// Whoever made it has asked `MessageRules`, in this process: nobody needs to ask again.
    public let isChecked: Bool

    /// - Parameter isChecked: true only where `MessageRules` have nothing against it.
    public init(
        module: Text, output: Text, body: [UInt8], properties: [MessageProperty] = [], systemProperties: [MessageProperty] = [],
        isChecked: Bool = false
    ) {
        self.module = module
        self.output = output
        self.body = body
        self.properties = properties
        self.systemProperties = systemProperties
        self.isChecked = isChecked
        var size = body.count
        for property in properties { size += property.name.utf8.count + property.value.utf8.count }
        for property in systemProperties { size += property.value.utf8.count }
        self.size = size
    }

    /// The same message under the name of another module.
    public convenience init(_ message: Message, from module: Text) {
        self.init(
            module: module, output: message.output, body: message.body, properties: message.properties,
            systemProperties: message.systemProperties, isChecked: message.isChecked)
    }

    /// The value of a system property.
    public func systemProperty(_ name: Text) -> Text? {
        for property in systemProperties where property.name == name { return property.value }
        return nil
    }
}
