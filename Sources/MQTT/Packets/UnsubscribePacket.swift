/// What a client wants to get no longer. (MQTT 3.1.1 section 3.10)
public struct UnsubscribePacket {
    public let id: UInt16
    /// At least one.
    public let filters: TopicFilters

    init(_ frame: PacketFrame) throws(PacketError) {
        var reader = FieldReader(frame)
        id = try reader.identifier()
        filters = try TopicFilters(&reader, of: .unsubscribe)
    }
}
