import JSON

/// What a client may send. The fields are views of the bytes that were read, valid as long as these: nothing is copied or allocated.
///
///     while let (packet, count) = try Packet.read(bytes, limit: limit) { … }
public enum Packet {
    case connect(ConnectPacket)
    case publish(PublishPacket)
    /// PUBACK: the client has the message with this packet identifier.
    case acknowledge(UInt16)
    case subscribe(SubscribePacket)
    case unsubscribe(UnsubscribePacket)
    case ping
    case disconnect

    /// The packet with which bytes begin, and how many bytes it is; nil: not all of it is there yet.
    /// - Parameters:
    ///   - bytes: what came and was not used, from the first byte of a packet on.
    ///   - limit: bytes of the largest packet that is taken; a larger one throws as soon as its length is known.
    /// - Throws: the rule that the client broke. The connection must end, after a CONNACK where the error has a code.
    public static func read(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(PacketError) -> (packet: Packet, count: Int)? {
        guard let frame = try PacketFrame.read(bytes, limit: limit) else { return nil }
        return (try Packet(frame), frame.count)
    }

    private init(_ frame: PacketFrame) throws(PacketError) {
        switch frame.type {
        case .publish: self = .publish(try PublishPacket(frame))
        case .publishAcknowledgement:
            var reader = FieldReader(frame)
            self = .acknowledge(try reader.identifier())
            try reader.end()
        case .connect: self = .connect(try ConnectPacket(frame))
        case .subscribe: self = .subscribe(try SubscribePacket(frame))
        case .unsubscribe: self = .unsubscribe(try UnsubscribePacket(frame))
        case .pingRequest:
            self = .ping
            try FieldReader(frame).end()
        case .disconnect:
            self = .disconnect
            try FieldReader(frame).end()
        case .publishReceived, .publishRelease, .publishComplete:
            throw PacketError("4.3.3", "\(frame.type.name) belongs to QoS 2; use QoS 0 or 1")
        case .connectAcknowledgement, .subscribeAcknowledgement, .unsubscribeAcknowledgement, .pingResponse:
            throw PacketError("2.2.1", "\(frame.type.name) is sent by servers only")
        }
    }
}
