/// What a server sends besides messages.
public enum OutgoingPacket {
    /// CONNACK. Of a code other than `accepted`, no session is present. [MQTT-3.2.2-4]
    case connected(ConnectCode, isSessionPresent: Bool)
    /// PUBACK.
    case acknowledged(UInt16)
    /// SUBACK: for each filter the QoS that it got, or 0x80: refused.
    case subscribed(UInt16, codes: [UInt8])
    /// UNSUBACK.
    case unsubscribed(UInt16)
    /// PINGRESP.
    case pong

    /// Writes it behind the bytes that are there.
    public func append(to bytes: inout [UInt8]) {
        switch self {
        case .connected(let code, let isSessionPresent):
            Self.append(0x20, isSessionPresent && code == .accepted ? 1 : 0, code.rawValue, to: &bytes)
        case .acknowledged(let id): Self.append(0x40, id, to: &bytes)
        case .unsubscribed(let id): Self.append(0xB0, id, to: &bytes)
        case .subscribed(let id, let codes):
            bytes.append(0x90)
            Self.appendLength(2 + codes.count, to: &bytes)
            bytes.append(UInt8(truncatingIfNeeded: id >> 8))
            bytes.append(UInt8(truncatingIfNeeded: id))
            bytes.append(contentsOf: codes)
        case .pong:
            bytes.append(0xD0)
            bytes.append(0)
        }
    }

    private static func append(_ first: UInt8, _ id: UInt16, to bytes: inout [UInt8]) {
        append(first, UInt8(truncatingIfNeeded: id >> 8), UInt8(truncatingIfNeeded: id), to: &bytes)
    }

    private static func append(_ first: UInt8, _ high: UInt8, _ low: UInt8, to bytes: inout [UInt8]) {
        bytes.append(first)
        bytes.append(2)
        bytes.append(high)
        bytes.append(low)
    }

    private static func appendLength(_ length: Int, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: 4, alignment: 1) { memory in
            guard let base = memory.baseAddress else { return }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: base, count: RemainingLength.write(length, to: base)))
        }
    }
}
