import TestSupport
import Testing

@Suite struct TopicFilterTests {
    @Test(arguments: ["#", "+", "/", "a/#", "/#", "+/+/#", "a/+/b", "/+", "+/", "$iothub/#", "a b", "//"])
    func `wildcards are whole levels`(filter: String) {
        #expect(Reading(ClientPacket.subscribe(1, [(filter, 0)])) == .subscribe(1, ["\(filter) 0"]))
        #expect(Reading(ClientPacket.unsubscribe(1, [filter])) == .unsubscribe(1, [filter]))
    }

    @Test(arguments: ["a#", "#a", "a/#/b", "#/", "##", "a/b#", "devices/a#b/#"]) func `a wildcard # is the last level`(filter: String) {
        #expect(Reading(ClientPacket.subscribe(1, [("a", 0), (filter, 0)])) == .broken("MQTT-4.7.1-2"))
        #expect(Reading(ClientPacket.unsubscribe(1, [filter])) == .broken("MQTT-4.7.1-2"))
    }

    @Test(arguments: ["a+", "+a", "a/+b/c", "++", "devices/a+b/#"]) func `a wildcard + is a whole level`(filter: String) {
        #expect(Reading(ClientPacket.subscribe(1, [(filter, 0)])) == .broken("MQTT-4.7.1-3"))
    }

    @Test func `there is at least one filter, none is empty, and all are strings`() {
        #expect(Reading(ClientPacket.subscribe(1, [])) == .broken("MQTT-3.8.3-3"))
        #expect(Reading(ClientPacket.unsubscribe(1, [])) == .broken("MQTT-3.10.3-2"))
        #expect(Reading(ClientPacket.subscribe(1, [("", 0)])) == .broken("MQTT-4.7.3-1"))
        #expect(Reading(ClientPacket.subscribe(1, [("a\0", 0)])) == .broken("MQTT-1.5.3-2"))
        #expect(Reading(ClientPacket.packet(0x82, [0, 1] + ClientPacket.field([0xFE]) + [0])) == .broken("MQTT-1.5.3-1"))
    }

    @Test(arguments: [3, 4, 0x80, 0xFF] as [UInt8]) func `the QoS byte of a filter is 0, 1 or 2`(quality: UInt8) {
        #expect(Reading(ClientPacket.subscribe(1, [("a", 2), ("b", quality)])) == .broken("MQTT-3.8.3-4"))
    }
}
