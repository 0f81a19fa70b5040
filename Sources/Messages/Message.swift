public import JSON

/// A message on its way from an output to inputs and upstream. Immutable: all endpoints share one block of memory, which holds the
/// body too, so that a message costs one allocation and a copy of this value a count.
public struct Message: @unchecked Sendable {  // The block is written while it is made, and never again.
    private let block: ManagedBuffer<Head, UInt8>

    private struct Head {
        let module: Text
        let output: Text
        let properties: [MessageProperty]
        let systemProperties: [MessageProperty]
        let size: Int
        let bodyCount: Int
        let isChecked: Bool
    }

    /// - Parameters:
    ///   - body: is copied.
    ///   - isChecked: true only where `MessageRules` have nothing against it.
    public init(
        module: Text, output: Text, body: UnsafeRawBufferPointer, properties: [MessageProperty] = [],
        systemProperties: [MessageProperty] = [], isChecked: Bool = false
    ) {
        var size = body.count
        for property in properties { size += property.name.utf8.count + property.value.utf8.count }
        for property in systemProperties { size += property.value.utf8.count }
        let head = Head(
            module: module, output: output, properties: properties, systemProperties: systemProperties, size: size,
            bodyCount: body.count, isChecked: isChecked)
        block = ManagedBuffer.create(minimumCapacity: body.count) { _ in head }
        block.withUnsafeMutablePointerToElements { UnsafeMutableRawBufferPointer(start: $0, count: body.count).copyMemory(from: body) }
    }

    /// The same with a body that is an array.
    public init(
        module: Text, output: Text, body: [UInt8], properties: [MessageProperty] = [], systemProperties: [MessageProperty] = [],
        isChecked: Bool = false
    ) {
        self = body.withUnsafeBytes {
            Message(
                module: module, output: output, body: $0, properties: properties, systemProperties: systemProperties, isChecked: isChecked)
        }
    }

    /// The same message under the name of another module.
    public init(_ message: Message, from module: Text) {
        self = message.withBody {
            Message(
                module: module, output: message.output, body: $0, properties: message.properties,
                systemProperties: message.systemProperties, isChecked: message.isChecked)
        }
    }

    /// The sending module, as the host knows it: a sender cannot forge it. Empty: sent by the operator.
    public var module: Text { block.header.module }

    /// The output it was sent to; empty where there is none.
    public var output: Text { block.header.output }

    /// A copy of the bytes of the body.
    public var body: [UInt8] { withBody { [UInt8]($0) } }

    /// The bytes of the body, in place.
    public func withBody<Result, Failure: Error>(_ use: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
        defer { withExtendedLifetime(block) {} }
        return try use(UnsafeRawBufferPointer(start: block.withUnsafeMutablePointerToElements { $0 }, count: block.header.bodyCount))
    }

    public var properties: [MessageProperty] { block.header.properties }

    /// Under IoT Hub's names: messageId, correlationId, contentType, contentEncoding, …
    public var systemProperties: [MessageProperty] { block.header.systemProperties }

    /// Bytes that count against `MessageRules.maximumSize`.
    public var size: Int { block.header.size }

    /// Bytes of the body.
    public var bodyCount: Int { block.header.bodyCount }

    /// It has no properties, and a size that is allowed: of the rules of messages, only those of names are left.
    public var isPlain: Bool {
        block.header.properties.isEmpty && block.header.systemProperties.isEmpty && size <= MessageRules.maximumSize
    }

    /// Whoever made it has asked `MessageRules`, in this process: nobody needs to ask again.
    public var isChecked: Bool { block.header.isChecked }

    /// The value of a system property.
    public func systemProperty(_ name: Text) -> Text? {
        for property in systemProperties where property.name == name { return property.value }
        return nil
    }
}
