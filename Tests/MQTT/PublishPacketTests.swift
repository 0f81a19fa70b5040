import TestSupport
import Testing

@testable import MQTT

@Suite struct PublishPacketTests {
    @Test func `QoS 3 and DUP at QoS 0 are refused, and QoS 2 is read`() {
        #expect(Reading(ClientPacket.publish("t", quality: 3)) == .broken("MQTT-3.3.1-4"))
        #expect(Reading(ClientPacket.publish("t", isDuplicate: true)) == .broken("MQTT-3.3.1-2"))
        #expect(
            Reading(ClientPacket.publish("t", quality: 2, id: 9))
                == .publish(topic: "t", payload: [], id: 9, quality: 2, isDuplicate: false, isRetained: false))
    }

    @Test func `a topic has at least one character`() {
        #expect(Reading(ClientPacket.publish("")) == .broken("MQTT-4.7.3-1"))
        #expect(Reading(ClientPacket.publish("/")) != .broken("MQTT-4.7.3-1"))
    }

    @Test(arguments: ["", "x", "1234567", "12345678", "123456789", "é1234567890123456"])
    func `a topic holds no wildcard, no U+0000 and only UTF-8, at whatever place`(pad: String) {
        for other in ["", "a", "abcdefg", "abcdefgh", "häß"] {
            #expect(Reading(ClientPacket.publish(pad + "#" + other)) == .broken("MQTT-3.3.2-2"))
            #expect(Reading(ClientPacket.publish(pad + "+" + other)) == .broken("MQTT-3.3.2-2"))
            #expect(Reading(ClientPacket.publish(pad + "\0" + other)) == .broken("MQTT-1.5.3-2"))
            let bad = ClientPacket.packet(0x30, ClientPacket.field(Array(pad.utf8) + [0xC3] + Array(other.utf8)))
            #expect(Reading(bad) == .broken("MQTT-1.5.3-1"), "\(pad) \(other)")
        }
    }

    @Test func `no other byte is taken for a wildcard or for U+0000`() {
        for byte in 1...0x7F as ClosedRange<UInt8> where byte != 0x23 && byte != 0x2B {
            let topic = [byte, 0x22, 0x24, 0x2A, 0x2C, 1, byte, 0x7F, byte]
            #expect(topic.withUnsafeBytes { TextCheck.topicFault(in: $0) } == nil, "\(byte)")
        }
    }

    @Test func `the bytes of topic and payload are looked at where they lie`() throws {
        let packet = ClientPacket.publish("topic", [1, 2, 3], quality: 1)
        try packet.withUnsafeBytes { bytes in
            guard case .publish(let publish) = try Packet.read(bytes, limit: 100)?.packet else { throw NotThatPacket() }
            #expect(publish.topic.baseAddress == bytes.baseAddress.map { $0 + 4 })
            #expect(publish.payload.baseAddress == bytes.baseAddress.map { $0 + 11 })
        }
    }
}
