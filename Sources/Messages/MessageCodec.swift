public import JSON

/// Messages as bytes, for the queue on disk and for instances beside the loop.
///
/// ```
/// byte 1 │ version, 1
/// text   │ module            text: 4 bytes of length, little end first, then UTF-8
/// text   │ output
/// text   │ body, any bytes
/// pairs  │ properties        pairs: 4 bytes of count, then name and value of each
/// pairs  │ system properties
/// ```
public enum MessageCodec {
    private static let version: UInt8 = 1

    /// How many bytes a message is.
    public static func size(of message: Message) -> Int {
        var size = 21 + message.module.utf8.count + message.output.utf8.count + message.bodyCount
        for property in message.properties { size += 8 + property.name.utf8.count + property.value.utf8.count }
        for property in message.systemProperties { size += 8 + property.name.utf8.count + property.value.utf8.count }
        return size
    }

    /// Writes `size(of:)` bytes.
    public static func write(_ message: Message, to memory: UnsafeMutableRawPointer) {
        var writer = ByteWriter(memory)
        writer.byte(version)
        writer.text(message.module)
        writer.text(message.output)
        writer.number(UInt32(truncatingIfNeeded: message.bodyCount))
        message.withBody { writer.bytes($0) }
        pairs(message.properties, &writer)
        pairs(message.systemProperties, &writer)
    }

    /// The same as an array.
    public static func encode(_ message: Message) -> [UInt8] {
        let size = size(of: message)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            if let base = buffer.baseAddress { write(message, to: UnsafeMutableRawPointer(base)) }
            count = size
        }
    }

    /// nil: these are not the bytes of a message.
    /// - Parameter sender: whose message it is, whatever the bytes say; nil: as they say.
    public static func decode(_ bytes: UnsafeRawBufferPointer, sender: Text? = nil) -> Message? {
        var reader = ByteReader(bytes)
        guard reader.byte() == version, let module = reader.block(), let output = reader.text(), let body = reader.block(),
            let properties = pairs(&reader), let systemProperties = pairs(&reader), reader.isAtEnd
        else { return nil }
        return Message(
            module: sender ?? Text(utf8: module), output: output, body: body, properties: properties,
            systemProperties: systemProperties)
    }

    /// The same for an array.
    public static func decode(_ bytes: [UInt8]) -> Message? {
        bytes.withUnsafeBytes { decode($0) }
    }

    private static func pairs(_ properties: [MessageProperty], _ writer: inout ByteWriter) {
        writer.number(UInt32(truncatingIfNeeded: properties.count))
        for property in properties {
            writer.text(property.name)
            writer.text(property.value)
        }
    }

    private static func pairs(_ reader: inout ByteReader) -> [MessageProperty]? {
        // A property is at least the lengths of its two texts: no count larger than that asks for memory.
        guard let number = reader.number(), number <= reader.count / 8 else { return nil }
        if number == 0 { return [] }
        var properties: [MessageProperty] = []
        properties.reserveCapacity(Int(number))
        for _ in 0..<number {
            guard let name = reader.text(), let value = reader.text() else { return nil }
            properties.append(MessageProperty(name: name, value: value))
        }
        return properties
    }
}
