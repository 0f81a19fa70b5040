import JSON

/// A message from a client. Topic and payload are views of the bytes that were read. (MQTT 3.1.1 section 3.3)
public struct PublishPacket {
    /// At least one byte of UTF-8 without U+0000 and wildcards.
    public let topic: UnsafeRawBufferPointer
    public let payload: UnsafeRawBufferPointer
    /// 0 at QoS 0.
    public let id: UInt16
    /// 0, 1 or 2.
    public let quality: UInt8
    public let isDuplicate: Bool
    public let isRetained: Bool

    init(_ frame: PacketFrame) throws(PacketError) {
        quality = frame.flags >> 1 & 3
        isDuplicate = frame.flags & 8 != 0
        isRetained = frame.flags & 1 != 0
        if quality == 3 { throw PacketError("MQTT-3.3.1-4", "PUBLISH has QoS 3; use 0 or 1") }
        if isDuplicate && quality == 0 { throw PacketError("MQTT-3.3.1-2", "PUBLISH has DUP at QoS 0") }
        var reader = FieldReader(frame)
        topic = try reader.block("topic")
        if topic.isEmpty { throw PacketError("MQTT-4.7.3-1", "PUBLISH has an empty topic") }
        if let fault = TextCheck.topicFault(in: topic) { throw Self.error(fault) }
        id = quality == 0 ? 0 : try reader.identifier()
        payload = reader.rest()
    }

    private static func error(_ fault: TextCheck.Fault) -> PacketError {
        switch fault {
        case .encoding: PacketError("MQTT-1.5.3-1", "the topic of PUBLISH is not UTF-8")
        case .nul: PacketError("MQTT-1.5.3-2", "the topic of PUBLISH holds U+0000")
        case .wildcard: PacketError("MQTT-3.3.2-2", "the topic of PUBLISH holds # or +; write them %23 and %2B")
        }
    }
}
