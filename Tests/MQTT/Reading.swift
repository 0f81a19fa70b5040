import JSON
import MQTT
import Testing

/// What a decoder says of some bytes, with everything copied: views end with the bytes.
enum Reading: Equatable {
    case incomplete
    case connect(clientID: String, userName: String?, password: [UInt8]?, isClean: Bool, keepAlive: UInt16, will: String?)
    case publish(topic: String, payload: [UInt8], id: UInt16, quality: UInt8, isDuplicate: Bool, isRetained: Bool)
    case acknowledge(UInt16)
    case subscribe(UInt16, [String])
    case unsubscribe(UInt16, [String])
    case ping
    case disconnect
    /// The rule that was broken.
    case broken(String)

    init(_ bytes: [UInt8], limit: Int = MQTTLimits.packet) {
        self = bytes.withUnsafeBytes { bytes in
            do throws(PacketError) {
                guard let (packet, count) = try Packet.read(bytes, limit: limit) else { return .incomplete }
                precondition(count <= bytes.count)
                return Reading(packet)
            } catch {
                return .broken(error.rule.string)
            }
        }
    }

    var isConnect: Bool { if case .connect = self { true } else { false } }

    private init(_ packet: Packet) {
        switch packet {
        case .connect(let packet):
            self = .connect(
                clientID: Self.text(packet.clientID), userName: packet.userName.map(Self.text),
                password: packet.password.map { [UInt8]($0) },
                isClean: packet.isClean, keepAlive: packet.keepAlive,
                will: packet.will.map { "\(Self.text($0.topic)) \(Self.text($0.payload)) \($0.quality) \($0.isRetained)" })
        case .publish(let packet):
            self = .publish(
                topic: Self.text(packet.topic), payload: [UInt8](packet.payload), id: packet.id, quality: packet.quality,
                isDuplicate: packet.isDuplicate, isRetained: packet.isRetained)
        case .acknowledge(let id): self = .acknowledge(id)
        case .subscribe(let packet): self = .subscribe(packet.id, packet.filters.map { "\(Self.text($0.filter)) \($0.quality)" })
        case .unsubscribe(let packet): self = .unsubscribe(packet.id, packet.filters.map { Self.text($0.filter) })
        case .ping: self = .ping
        case .disconnect: self = .disconnect
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension [UInt8] {
    /// The only packet of these bytes, for as long as `use` runs.
    func withPacket<Result>(_ use: (Packet) throws -> Result) throws -> Result {
        try withUnsafeBytes { bytes in
            let read = try Packet.read(bytes, limit: MQTTLimits.packet)
            return try use(try #require(read).packet)
        }
    }

    /// The only packet of these bytes, a PUBLISH.
    func withPublish<Result>(_ use: (PublishPacket) throws -> Result) throws -> Result {
        try withPacket { packet in
            guard case .publish(let publish) = packet else { throw NotThatPacket() }
            return try use(publish)
        }
    }
}

struct NotThatPacket: Error {}
