import JSON
public import Messages
public import ModuleIdentities

/// The properties of a message as one level of a topic: `%24.ct=application%2Fjson&level=high`. (IoT Hub: MQTT support)
///
/// Keys and values are percent-encoded; `+` is a plus. A value may hold `=`. `key` and `key=` are an empty value. One `?` before it and
/// one `/` behind it mean nothing. Of a key that comes twice, the last one counts; keys that differ only in case are refused.
public enum PropertyBag {
    /// - Parameter bytes: what stands behind `messages/events/` in a topic; may be empty.
    public static func read(_ bytes: UnsafeRawBufferPointer) throws(PublishError) -> MessageHead {
        var bag = bytes[...]
        if bag.last == UInt8(ascii: "/") { bag.removeLast() }
        if bag.first == UInt8(ascii: "?") { bag.removeFirst() }
        if bag.isEmpty { return MessageHead() }
        if bag.contains(UInt8(ascii: "/")) { throw malformed("holds a slash; write it %2F") }
        var output: Text = ""
        var properties: [MessageProperty] = []
        var systemProperties: [MessageProperty] = []
        for item in bag.split(separator: UInt8(ascii: "&")) {
            let equals = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            let name = try decode(item[..<equals])
            let value = try decode(item[equals...].dropFirst())
            if name == WireProperty.output {
                output = value
            } else if let property = WireProperty.property(name) {
                set(property, value, in: &systemProperties)
            } else if !WireProperty.isIgnored(name) {
                if properties.count == MessageRules.maximumProperties { throw malformed("has more than \(properties.count) properties") }
                set(name, value, in: &properties)
            }
        }
        return try MessageHead(output: output, properties: properties, systemProperties: systemProperties)
    }

    /// The bag of a message for those who get it: who sent it, then what it says of itself, then its properties. Its output is not told.
    /// - Parameters:
    ///   - sender: whom the hub knows as the sender; nil: it is not told, as of messages of the cloud.
    ///   - bytes: get it behind what they hold.
    public static func write(_ message: Message, sender: ModuleIdentity?, to bytes: inout [UInt8]) {
        let start = bytes.count
        if let sender {
            append(WireProperty.device, sender.deviceID, from: start, to: &bytes)
            if let module = sender.moduleID { append(WireProperty.module, module, from: start, to: &bytes) }
        }
        for property in message.systemProperties {
            if let name = WireProperty.name(of: property.name) { append(name, property.value, from: start, to: &bytes) }
        }
        for property in message.properties { append(property.name, property.value, from: start, to: &bytes) }
    }

    private static func append(_ name: Text, _ value: Text, from start: Int, to bytes: inout [UInt8]) {
        if bytes.count > start { bytes.append(UInt8(ascii: "&")) }
        PercentCoding.encode(name, to: &bytes)
        bytes.append(UInt8(ascii: "="))
        PercentCoding.encode(value, to: &bytes)
    }

    /// Where the name is there already, the value takes the place of the one before.
    private static func set(_ name: Text, _ value: Text, in properties: inout [MessageProperty]) {
        let property = MessageProperty(name: name, value: value)
        if let index = properties.firstIndex(where: { $0.name == name }) {
            properties[index] = property
        } else {
            properties.append(property)
        }
    }

    @inline(never)
    private static func decode(_ part: Slice<UnsafeRawBufferPointer>) throws(PublishError) -> Text {
        guard let text = PercentCoding.decode(part) else {
            throw malformed("holds \(Text(utf8: part).quoted), which is not percent-encoded UTF-8 such as caf%C3%A9")
        }
        return text
    }

    private static func malformed(_ what: Text) -> PublishError {
        PublishError(.malformedTopic, "the property bag of the topic \(what)")
    }
}
