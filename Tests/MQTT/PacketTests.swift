import MQTT
import TestSupport
import Testing

@Suite struct PacketTests {
    private let topic = "devices/d/messages/events/"

    @Test func `each packet of a client is read`() {
        #expect(Reading(ClientPacket.ping) == .ping)
        #expect(Reading(ClientPacket.disconnect) == .disconnect)
        #expect(Reading(ClientPacket.acknowledge(0x1234)) == .acknowledge(0x1234))
        #expect(Reading(ClientPacket.subscribe(7, [("a/#", 1), ("+/b", 0), ("c", 2)])) == .subscribe(7, ["a/# 1", "+/b 0", "c 2"]))
        #expect(Reading(ClientPacket.unsubscribe(8, ["a/#", "b"])) == .unsubscribe(8, ["a/#", "b"]))
        #expect(
            Reading(ClientPacket.publish(topic, [1, 2], quality: 1, id: 0xFFFF, isDuplicate: true, isRetained: true))
                == .publish(topic: topic, payload: [1, 2], id: 0xFFFF, quality: 1, isDuplicate: true, isRetained: true))
        #expect(
            Reading(ClientPacket.publish(topic))
                == .publish(topic: topic, payload: [], id: 0, quality: 0, isDuplicate: false, isRetained: false))
        let will = ClientPacket.Will("w", "gone", quality: 1, isRetained: true)
        #expect(
            Reading(ClientPacket.connect("d/m", userName: "u", password: "p", isClean: true, keepAlive: 300, will: will))
                == .connect(clientID: "d/m", userName: "u", password: [112], isClean: true, keepAlive: 300, will: "w gone 1 true"))
        #expect(
            Reading(ClientPacket.connect("", userName: nil, password: nil))
                == .connect(clientID: "", userName: nil, password: nil, isClean: false, keepAlive: 60, will: nil))
    }

    @Test func `of a packet that is not whole, nothing is said, at whatever byte it ends`() {
        let packets = [
            ClientPacket.connect("d", userName: "h/d/?api-version=1", password: "p", will: ClientPacket.Will("w")),
            ClientPacket.publish(topic, [UInt8](repeating: 1, count: 300), quality: 1), ClientPacket.subscribe(1, [("a/#", 1)]),
            ClientPacket.acknowledge(1), ClientPacket.ping,
        ]
        for packet in packets {
            for count in 0..<packet.count { #expect(Reading(Array(packet.prefix(count))) == .incomplete) }
            #expect(Reading(packet) != .incomplete)
        }
    }

    @Test func `the packet behind the first one is left alone`() throws {
        let first = ClientPacket.publish(topic, [1, 2, 3])
        let count = try (first + ClientPacket.ping).withUnsafeBytes { try Packet.read($0, limit: 1000)?.count }
        #expect(count == first.count)
    }

    @Test func `a body cut short is a broken packet`() {
        let whole = Array(ClientPacket.connect("d", userName: "u", password: "p", will: ClientPacket.Will("w")).dropFirst(2))
        for count in 0..<whole.count {
            #expect(Reading(ClientPacket.packet(0x10, Array(whole.prefix(count)))) == .broken("2.2.3"), "\(count)")
        }
        for body in [[], [0], [0, 5, 97], [0, 1, 97], [0, 1, 97, 0]] as [[UInt8]] {
            #expect(Reading(ClientPacket.packet(0x32, body)) == .broken("2.2.3"), "\(body)")
        }
        for body in [[], [1], [0, 1, 0], [0, 1, 0, 3, 97], [0, 1, 0, 1, 97]] as [[UInt8]] {
            #expect(Reading(ClientPacket.packet(0x82, body)) != .incomplete, "\(body)")
            if case .subscribe = Reading(ClientPacket.packet(0x82, body)) { Issue.record("\(body) was taken") }
        }
    }

    @Test func `the remaining length has one to four bytes`() throws {
        // The boundaries of the table in section 2.2.3.
        for count in [0, 127, 128, 16_383, 16_384, 262_000] {
            let packet = ClientPacket.publish("t", [UInt8](repeating: 7, count: max(0, count - 3)))
            let payload = try packet.withPublish { [UInt8]($0.payload) }
            #expect(payload == [UInt8](repeating: 7, count: max(0, count - 3)))
        }
        // A number may be written with more bytes than it needs.
        #expect(Reading([0xC0, 0x80, 0x00]) == .ping)
        #expect(Reading([0xC0, 0x80, 0x80, 0x80, 0x00]) == .ping)
        #expect(Reading([0xC0, 0x80, 0x80, 0x80, 0x80]) == .broken("2.2.3"))
        #expect(Reading([0xC0, 0x80, 0x80, 0x80, 0x80, 0x00]) == .broken("2.2.3"))
        #expect(Reading([0xC0, 0x80, 0x80, 0x80]) == .incomplete)
    }

    @Test func `a packet that is too large is refused as soon as its length is known`() {
        let packet = ClientPacket.publish("t", [UInt8](repeating: 0, count: 95))  // 2 + 2 + 1 + 95
        #expect(packet.count == 100)
        #expect(Reading(packet, limit: 99) == .broken("2.2.3"))
        #expect(Reading(Array(packet.prefix(2)), limit: 99) == .broken("2.2.3"))
        #expect(Reading(Array(packet.prefix(2)), limit: 100) == .incomplete)
        #expect(Reading([0x30, 0xFF, 0xFF, 0xFF, 0x7F], limit: MQTTLimits.packet) == .broken("2.2.3"))
    }

    @Test func `types that are reserved or belong to servers or to QoS 2 are refused`() {
        #expect(Reading([0x00, 0]) == .broken("2.2.1") && Reading([0xF0, 0]) == .broken("2.2.1"))
        for first in [0x20, 0x90, 0xB0, 0xD0] as [UInt8] {
            #expect(Reading(ClientPacket.packet(first, [0, 1])) == .broken("2.2.1"), "\(first)")
        }
        for first in [0x50, 0x62, 0x70] as [UInt8] { #expect(Reading(ClientPacket.packet(first, [0, 1])) == .broken("4.3.3"), "\(first)") }
    }

    @Test func `flags that are reserved must be as they must be`() {
        for packet in [
            ClientPacket.connect("d", userName: nil, password: nil), ClientPacket.acknowledge(1), ClientPacket.subscribe(1, [("a", 0)]),
            ClientPacket.unsubscribe(1, ["a"]), ClientPacket.ping, ClientPacket.disconnect, [0x62, 2, 0, 1],
        ] {
            for flags in 0..<16 as Range<UInt8> where flags != packet[0] & 15 {
                #expect(Reading([packet[0] & 0xF0 | flags] + packet.dropFirst()) == .broken("MQTT-2.2.2-2"))
            }
        }
    }

    @Test func `a packet identifier is not zero`() {
        for packet in [
            ClientPacket.publish(topic, quality: 1, id: 0), ClientPacket.acknowledge(0), ClientPacket.subscribe(0, [("a", 0)]),
            ClientPacket.unsubscribe(0, ["a"]),
        ] {
            #expect(Reading(packet) == .broken("MQTT-2.3.1-1"))
        }
    }

    @Test func `nothing stands behind the last field`() {
        #expect(Reading(ClientPacket.packet(0xC0, [0])) == .broken("2.2.3"))
        #expect(Reading(ClientPacket.packet(0xE0, [0])) == .broken("2.2.3"))
        #expect(Reading(ClientPacket.packet(0x40, [0, 1, 0])) == .broken("2.2.3"))
        let connect = Array(ClientPacket.connect("d", userName: "u", password: "p").dropFirst(2))
        #expect(Reading(ClientPacket.packet(0x10, connect + [0])) == .broken("2.2.3"))
    }
}
