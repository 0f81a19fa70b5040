import CPOSIX
public import JSON
public import Messages
public import ModuleIdentities

/// The topics on which clients get something. (IoT Hub: MQTT support)
///
/// Ids and names stand in them as they are, as SDKs expect; only `#` and `+`, which no topic may hold, are written `%23` and `%2B`.
public enum ServerTopic {
    /// `devices/{d}/modules/{m}/inputs/{input}/{bag}`; the level of the bag is there even when it is empty: Node.js needs it.
    /// - Parameters:
    ///   - identity: who gets it: a module.
    ///   - sender: whom the hub knows as the sender.
    /// - Returns: nil: with its properties it is longer than a topic may be (`MQTTLimits.topic`).
    public static func input(
        _ input: Text, of identity: ModuleIdentity, _ message: Message, sender: ModuleIdentity?
    ) -> [UInt8]? {
        var topic = start(of: identity)
        append("inputs/", to: &topic)
        append(input, to: &topic)
        topic.append(UInt8(ascii: "/"))
        PropertyBag.write(message, sender: sender, to: &topic)
        return topic.count <= MQTTLimits.topic ? topic : nil
    }

    /// `devices/{d}/messages/devicebound/{bag}`
    /// - Returns: nil: with its properties it is longer than a topic may be (`MQTTLimits.topic`).
    public static func cloudToDevice(of identity: ModuleIdentity, _ message: Message) -> [UInt8]? {
        var topic = start(of: identity)
        append("messages/devicebound/", to: &topic)
        PropertyBag.write(message, sender: nil, to: &topic)
        return topic.count <= MQTTLimits.topic ? topic : nil
    }

    /// `$iothub/twin/res/{status}/?$rid={id}[&$version={v}]`
    public static func twinResponse(status: Int, requestID: Text, version: UInt64? = nil) -> [UInt8] {
        let topic: Text = "$iothub/twin/res/\(status)/?$rid=\(requestID)"
        return escaped(version.map { "\(topic)&$version=\($0)" } ?? topic)
    }

    /// `$iothub/twin/PATCH/properties/desired/?$version={v}`
    public static func desired(version: UInt64) -> [UInt8] {
        let topic: Text = "$iothub/twin/PATCH/properties/desired/?$version=\(version)"
        return topic.bytes
    }

    /// `$iothub/methods/POST/{name}/?$rid={id}`
    public static func method(_ name: Text, requestID: Text) -> [UInt8] {
        escaped("$iothub/methods/POST/\(name)/?$rid=\(requestID)")
    }

    /// For messages to people: where a client may publish.
    static func events(of identity: ModuleIdentity) -> Text {
        var topic = start(of: identity)
        append("messages/events/", to: &topic)
        return Text(utf8: topic)
    }

    private static func start(of identity: ModuleIdentity) -> [UInt8] {
        var topic: [UInt8] = []
        topic.reserveCapacity(256)
        append("devices/", to: &topic)
        append(identity.deviceID, to: &topic)
        topic.append(UInt8(ascii: "/"))
        if let module = identity.moduleID {
            append("modules/", to: &topic)
            append(module, to: &topic)
            topic.append(UInt8(ascii: "/"))
        }
        return topic
    }

    private static func escaped(_ text: Text) -> [UInt8] {
        var topic: [UInt8] = []
        append(text, to: &topic)
        return topic
    }

    private static func append(_ text: Text, to topic: inout [UInt8]) {
        for byte in text.utf8 {
            let isNumberSign = byte == UInt8(ascii: "#")
            guard isNumberSign || byte == UInt8(ascii: "+") else {
                topic.append(byte)
                continue
            }
            topic.append(UInt8(ascii: "%"))
            topic.append(UInt8(ascii: "2"))
            topic.append(isNumberSign ? UInt8(ascii: "3") : UInt8(ascii: "B"))
        }
    }
}
