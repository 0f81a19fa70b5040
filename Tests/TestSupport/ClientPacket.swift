/// Packets of an MQTT 3.1.1 client as bytes; wrong ones too, where a test asks for them.
public enum ClientPacket {
    /// A packet of any first byte and body.
    public static func packet(_ first: UInt8, _ body: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = body.count
        repeat {
            length.append(UInt8(rest & 0x7F) | (rest > 0x7F ? 0x80 : 0))
            rest >>= 7
        } while rest > 0
        return [first] + length + body
    }

    /// A string or block with its length before it.
    public static func field(_ bytes: [UInt8]) -> [UInt8] { number(UInt16(bytes.count)) + bytes }

    /// The same of a string.
    public static func field(_ text: String) -> [UInt8] { field(Array(text.utf8)) }

    /// Two bytes, the high one first.
    public static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

    /// The will of a CONNECT.
    public struct Will {
        let topic: String
        let payload: [UInt8]
        let quality: UInt8
        let isRetained: Bool

        public init(_ topic: String, _ payload: String = "gone", quality: UInt8 = 1, isRetained: Bool = false) {
            (self.topic, self.payload, self.quality, self.isRetained) = (topic, Array(payload.utf8), quality, isRetained)
        }
    }

    /// CONNECT with a correct form.
    public static func connect(
        _ clientID: String, userName: String?, password: String?, isClean: Bool = false, keepAlive: UInt16 = 60, will: Will? = nil
    ) -> [UInt8] {
        var flags: UInt8 = isClean ? 2 : 0
        var payload = field(clientID)
        if let will {
            flags |= 4 | will.quality << 3 | (will.isRetained ? 0x20 : 0)
            payload += field(will.topic) + field(will.payload)
        }
        if let userName {
            flags |= 0x80
            payload += field(userName)
        }
        if let password {
            flags |= 0x40
            payload += field(password)
        }
        return packet(0x10, field("MQTT") + [4, flags] + number(keepAlive) + payload)
    }

    /// PUBLISH; an id is written where the QoS is not 0.
    public static func publish(
        _ topic: String, _ payload: [UInt8] = [], quality: UInt8 = 0, id: UInt16 = 1, isDuplicate: Bool = false, isRetained: Bool = false
    ) -> [UInt8] {
        let flags = quality << 1 | (isDuplicate ? 8 : 0) | (isRetained ? 1 : 0)
        return packet(0x30 | flags, field(topic) + (quality == 0 ? [] : number(id)) + payload)
    }

    /// PUBACK.
    public static func acknowledge(_ id: UInt16) -> [UInt8] { packet(0x40, number(id)) }

    /// SUBSCRIBE.
    public static func subscribe(_ id: UInt16, _ filters: [(String, UInt8)]) -> [UInt8] {
        packet(0x82, number(id) + filters.flatMap { field($0.0) + [$0.1] })
    }

    /// UNSUBSCRIBE.
    public static func unsubscribe(_ id: UInt16, _ filters: [String]) -> [UInt8] {
        packet(0xA2, number(id) + filters.flatMap { field($0) })
    }

    public static let ping: [UInt8] = [0xC0, 0]
    public static let disconnect: [UInt8] = [0xE0, 0]
}
