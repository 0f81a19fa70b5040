import JSON
import Messages

/// Messages as bytes, for the queue on disk.
///
/// ```
/// byte 1 │ version, 1
/// text   │ module            text: 4 bytes of length, little end first, then UTF-8
/// text   │ output
/// text   │ body, any bytes
/// pairs  │ properties        pairs: 4 bytes of count, then name and value of each
/// pairs  │ system properties
/// ```
enum MessageCodec {
    private static let version: UInt8 = 1

    static func encode(_ message: Message) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.size + 64)
        bytes.append(version)
        append(message.module, to: &bytes)
        append(message.output, to: &bytes)
        append(message.body.count, to: &bytes)
        bytes.append(contentsOf: message.body)
        for properties in [message.properties, message.systemProperties] {
            append(properties.count, to: &bytes)
            for property in properties {
                append(property.name, to: &bytes)
                append(property.value, to: &bytes)
            }
        }
        return bytes
    }

    /// nil: these are not the bytes of a message.
    static func decode(_ bytes: [UInt8]) -> Message? {
        guard bytes.first == version else { return nil }
        var rest = bytes[1...]
        guard let module = text(&rest), let output = text(&rest), let body = block(&rest), let properties = pairs(&rest),
            let systemProperties = pairs(&rest), rest.isEmpty
        else { return nil }
        return Message(
            module: module, output: output, body: Array(body), properties: properties, systemProperties: systemProperties)
    }

    private static func append(_ value: Int, to bytes: inout [UInt8]) {
        for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    private static func append(_ text: Text, to bytes: inout [UInt8]) {
        append(text.utf8.count, to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.count >= 4 else { return nil }
        var value = 0
        for (place, byte) in rest.prefix(4).enumerated() { value |= Int(byte) << (8 * place) }
        rest = rest.dropFirst(4)
        return value
    }

    private static func block(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let length = number(&rest), length >= 0, length <= rest.count else { return nil }
        let block = rest.prefix(length)
        rest = rest.dropFirst(length)
        return block
    }

    private static func text(_ rest: inout ArraySlice<UInt8>) -> Text? {
        guard let block = block(&rest) else { return nil }
        return Text(utf8: block)
    }

    private static func pairs(_ rest: inout ArraySlice<UInt8>) -> [MessageProperty]? {
        // A property is at least the lengths of its two texts: no count larger than that asks for memory.
        guard let count = number(&rest), count >= 0, count <= rest.count / 8 else { return nil }
        var properties: [MessageProperty] = []
        for _ in 0..<count {
            guard let name = text(&rest), let value = text(&rest) else { return nil }
            properties.append(MessageProperty(name: name, value: value))
        }
        return properties
    }
}
