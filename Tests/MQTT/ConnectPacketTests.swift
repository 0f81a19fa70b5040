import TestSupport
import Testing

@Suite struct ConnectPacketTests {
    private func reading(
        name: [UInt8] = ClientPacket.field("MQTT"), level: UInt8 = 4, flags: UInt8, _ fields: [String] = ["d"]
    ) -> Reading {
        Reading(ClientPacket.packet(0x10, name + [level, flags, 0, 60] + fields.flatMap { ClientPacket.field($0) }))
    }

    @Test(arguments: ["MQIsdp", "mqtt", "", "MQTTX", "HTTP"]) func `another protocol is refused`(name: String) {
        #expect(reading(name: ClientPacket.field(name), flags: 2) == .broken("MQTT-3.1.2-1"))
    }

    @Test(arguments: [0, 3, 5, 0x84] as [UInt8]) func `another level is refused, whatever follows`(level: UInt8) {
        #expect(reading(level: level, flags: 2) == .broken("MQTT-3.1.2-2"))
        #expect(Reading(ClientPacket.packet(0x10, ClientPacket.field("MQTT") + [level])) == .broken("MQTT-3.1.2-2"))
    }

    @Test func `connect flags must fit together`() {
        #expect(reading(flags: 0x03) == .broken("MQTT-3.1.2-3"))
        for flags in [0x0A, 0x12, 0x1A] as [UInt8] { #expect(reading(flags: flags) == .broken("MQTT-3.1.2-13")) }
        #expect(reading(flags: 0x22) == .broken("MQTT-3.1.2-15"))
        #expect(reading(flags: 0x1E, ["d", "w", "p"]) == .broken("MQTT-3.1.2-14"))
        #expect(reading(flags: 0x42, ["d", "p"]) == .broken("MQTT-3.1.2-22"))
        for (flags, fields) in [(0x02, 1), (0x00, 1), (0x06, 3), (0x2E, 3), (0x16, 3), (0x82, 2), (0xC0, 3), (0xC6, 5)] as [(UInt8, Int)] {
            #expect(reading(flags: flags, Array(repeating: "x", count: fields)).isConnect, "\(flags)")
        }
    }

    @Test func `fields that the flags announce must be there, and no others`() {
        #expect(reading(flags: 0x82, ["d"]) == .broken("2.2.3"))
        #expect(reading(flags: 0x02, ["d", "u"]) == .broken("2.2.3"))
        #expect(reading(flags: 0x06, ["d", "w"]) == .broken("2.2.3"))
    }

    @Test func `client id, will topic and user name are strings; will message and password are any bytes`() {
        func packet(_ position: Int, _ bytes: [UInt8]) -> Reading {
            var fields = Array(repeating: ClientPacket.field("x"), count: 5)
            fields[position] = ClientPacket.field(bytes)
            return Reading(ClientPacket.packet(0x10, ClientPacket.field("MQTT") + [4, 0xC6, 0, 60] + fields.flatMap { $0 }))
        }
        for position in [0, 1, 3] {
            #expect(packet(position, [97, 0]) == .broken("MQTT-1.5.3-2"))
            for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]] as [[UInt8]] {
                #expect(packet(position, bytes) == .broken("MQTT-1.5.3-1"), "\(position) \(bytes)")
            }
            #expect(packet(position, Array("é😀\u{FEFF}".utf8)).isConnect)
        }
        for position in [2, 4] {
            #expect(packet(position, [0, 0xFF]).isConnect)
        }
    }
}
