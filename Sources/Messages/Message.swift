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

    public init(
        module: Text, output: Text, body: [UInt8], properties: [MessageProperty] = [], systemProperties: [MessageProperty] = []
    ) {
        self.module = module
        self.output = output
        self.body = body
        self.properties = properties
        self.systemProperties = systemProperties
    }
}
