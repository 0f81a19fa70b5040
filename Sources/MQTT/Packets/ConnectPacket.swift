import JSON

/// The first packet of a client. Its fields are views of the bytes that were read. (MQTT 3.1.1 section 3.1)
public struct ConnectPacket {
    /// What the server publishes when the client goes without DISCONNECT.
    public struct Will {
        /// A string, maybe empty.
        public let topic: UnsafeRawBufferPointer
        public let payload: UnsafeRawBufferPointer
        /// 0, 1 or 2.
        public let quality: UInt8
        public let isRetained: Bool
    }

    /// The state of the session before counts no longer, and it ends with this connection.
    public let isClean: Bool
    /// Seconds in which the client sends something; 0: it promises nothing.
    public let keepAlive: UInt16
    /// A string, maybe empty.
    public let clientID: UnsafeRawBufferPointer
    public let will: Will?
    /// A string.
    public let userName: UnsafeRawBufferPointer?
    /// Any bytes.
    public let password: UnsafeRawBufferPointer?

    init(_ frame: PacketFrame) throws(PacketError) {
        var reader = FieldReader(frame)
        guard try reader.text("protocol name").elementsEqual("MQTT".utf8) else {
            throw PacketError("MQTT-3.1.2-1", "the protocol name of CONNECT is not MQTT")
        }
        let level = try reader.byte("protocol level")
        guard level == 4 else {
            throw PacketError("MQTT-3.1.2-2", "the protocol level of CONNECT is \(level); use 4 (3.1.1)", code: .unacceptableLevel)
        }
        let flags = try reader.byte("connect flags")
        if let error = Self.error(in: flags) { throw error }
        isClean = flags & 0x02 != 0
        keepAlive = try reader.number("keep alive")
        clientID = try reader.text("client identifier")
        if flags & 0x04 != 0 {
            let topic = try reader.text("will topic")
            will = Will(
                topic: topic, payload: try reader.block("will message"), quality: flags >> 3 & 3, isRetained: flags & 0x20 != 0)
        } else {
            will = nil
        }
        userName = flags & 0x80 != 0 ? try reader.text("user name") : nil
        password = flags & 0x40 != 0 ? try reader.block("password") : nil
        try reader.end()
    }

    private static func error(in flags: UInt8) -> PacketError? {
        if flags & 0x01 != 0 { return PacketError("MQTT-3.1.2-3", "the reserved flag of CONNECT is set") }
        let quality = flags >> 3 & 3
        if flags & 0x04 == 0 {
            if quality != 0 { return PacketError("MQTT-3.1.2-13", "CONNECT has a will QoS without a will") }
            if flags & 0x20 != 0 { return PacketError("MQTT-3.1.2-15", "CONNECT has will retain without a will") }
        }
        if quality == 3 { return PacketError("MQTT-3.1.2-14", "the will of CONNECT has QoS 3; use 0 or 1") }
        if flags & 0xC0 == 0x40 { return PacketError("MQTT-3.1.2-22", "CONNECT has a password without a user name") }
        return nil
    }
}
