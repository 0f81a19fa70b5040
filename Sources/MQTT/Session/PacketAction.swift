public import JSON

/// What the driver of a connection does for one packet.
public enum PacketAction {
    /// Look at the token, then `ConnectionState.accept` or `refuse` it with `ConnectCode.notAuthorized`.
    case authenticate(ConnectRequest)
    /// Send CONNACK with this code, then close. The reason is for the log.
    case refuse(ConnectCode, Text)
    /// Close, and nothing more is sent. The reason is for the log.
    case close(Text)
    /// Let `Publisher.request` say what it means.
    case publish(PublishPacket)
    /// Let `ClientSession.acknowledge` say what the client has.
    case acknowledge(UInt16)
    /// Let `ClientSession.subscribe` do it, then send SUBACK.
    case subscribe(SubscribePacket)
    /// Let `ClientSession.unsubscribe` do it, then send UNSUBACK.
    case unsubscribe(UnsubscribePacket)
    /// Send PINGRESP.
    case pong
    /// Close; the will is forgotten.
    case disconnect
}
