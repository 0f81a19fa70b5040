/// What a client wants to get. (MQTT 3.1.1 section 3.8)
public struct SubscribePacket {
    public let id: UInt16
    /// At least one.
    public let filters: TopicFilters

    init(_ frame: PacketFrame) throws(PacketError) {
        var reader = FieldReader(frame)
        id = try reader.identifier()
        filters = try TopicFilters(&reader, of: .subscribe)
    }
}
