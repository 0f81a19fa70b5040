import JSON
import MQTT
import ModuleIdentities
import TestSupport
import Testing

@Suite struct ClientSessionTests {
    private let identity = ModuleIdentity(deviceID: "d", moduleID: "m")
    private let inputs = "devices/d/modules/m/inputs/"

    private func subscribe(_ filters: [(String, UInt8)], _ session: inout ClientSession) throws -> ClientSession.Subscribed {
        try ClientPacket.subscribe(1, filters).withPacket { packet in
            guard case .subscribe(let packet) = packet else { throw NotThatPacket() }
            return session.subscribe(packet)
        }
    }

    private func unsubscribe(_ filters: [String], _ session: inout ClientSession) throws -> Bool {
        try ClientPacket.unsubscribe(1, filters).withPacket { packet in
            guard case .unsubscribe(let packet) = packet else { throw NotThatPacket() }
            return session.unsubscribe(packet)
        }
    }

    @Test func `each filter gets its code, and QoS 2 gets 1 [MQTT-3_8_4-5]`() throws {
        var session = ClientSession(of: identity)
        let answer = try subscribe(
            [
                (inputs + "#", 0), ("$iothub/twin/res/#", 1), ("$iothub/methods/POST/#", 2), ("nonsense", 2), ("devices/d/modules/n/#", 1),
                ("nonsense", 0),
            ], &session)
        #expect(answer.codes == [0, 1, 1, 1, 0x80, 0] && answer.isChanged)
        #expect(answer.remark?.string.contains("\"nonsense\"") == true)
        #expect(session.quality(ofInput: "any") == 0 && session.quality(of: .twinResponses) == 1 && session.quality(of: .methods) == 1)
        #expect(session.quality(of: .desired) == nil && session.quality(of: .cloudToDevice) == nil && session.subscriptionCount == 3)
    }

    @Test func `nothing changed when nothing is new`() throws {
        var session = ClientSession(of: identity)
        #expect(try !subscribe([("nonsense", 1), ("devices/e/#", 1)], &session).isChanged)
        #expect(try subscribe([("$iothub/twin/res/#", 1)], &session).isChanged)
        #expect(try !subscribe([("$iothub/twin/res/#", 1)], &session).isChanged)
        #expect(try subscribe([("$iothub/twin/res/#", 0)], &session).isChanged, "another QoS [MQTT-3.8.4-3]")
        #expect(session.quality(of: .twinResponses) == 0)
        #expect(try !unsubscribe([inputs + "#", "nonsense"], &session))
        #expect(try unsubscribe(["$iothub/twin/res/#"], &session))
        #expect(session.subscriptionCount == 0)
    }

    @Test func `an input has the best QoS of all filters that it fits`() throws {
        var session = ClientSession(of: identity)
        _ = try subscribe([(inputs + "a/#", 1), (inputs + "b/#", 0)], &session)
        #expect(session.quality(ofInput: "a") == 1 && session.quality(ofInput: "b") == 0 && session.quality(ofInput: "c") == nil)
        _ = try subscribe([(inputs + "#", 0)], &session)
        #expect(session.quality(ofInput: "a") == 1 && session.quality(ofInput: "c") == 0)
        _ = try subscribe([("devices/d/modules/m/#", 1)], &session)
        #expect(session.quality(ofInput: "b") == 1 && session.quality(ofInput: "c") == 1)
        #expect(try unsubscribe([inputs + "#", inputs + "b/#", "devices/d/modules/m/#"], &session))
        #expect(session.quality(ofInput: "a") == 1 && session.quality(ofInput: "b") == nil)
    }

    @Test func `a session has 50 subscriptions and is stored in 4 KB`() throws {
        var session = ClientSession(of: identity)
        let short = try subscribe((0..<51).map { (inputs + "\($0)/#", 1) }, &session)
        #expect(short.codes == Array(repeating: 1, count: 50) + [0x80] && session.subscriptionCount == 50 && short.remark != nil)
        #expect(try subscribe([(inputs + "7/#", 0)], &session).codes == [0], "one that is there may change")
        var other = ClientSession(of: identity)
        let long = try subscribe((0..<50).map { (inputs + "\($0 + 100)" + String(repeating: "x", count: 197) + "/#", 1) }, &other)
        #expect(long.codes.contains(0x80) && other.stored.count <= 4096 && other.stored.count > 3800)
        #expect(ClientSession(of: identity, stored: other.stored)?.stored == other.stored)
    }

    @Test func `what was stored is the same session again`() throws {
        var session = ClientSession(of: identity)
        _ = try subscribe(
            [
                (inputs + "é/#", 1), (inputs + "#", 0), ("devices/d/modules/m/#", 1), ("$iothub/twin/res/#", 1),
                ("$iothub/methods/POST/#", 0),
                ("$iothub/twin/PATCH/properties/desired/#", 1),
            ], &session)
        let again = try #require(ClientSession(of: identity, stored: session.stored))
        #expect(again.stored == session.stored && again.subscriptionCount == 6)
        #expect(again.quality(of: .input("é")) == 1 && again.quality(of: .inputs) == 0 && again.quality(of: .methods) == 0)
        #expect(ClientSession(of: identity, stored: ClientSession(of: identity).stored)?.subscriptionCount == 0)
    }

    @Test(
        arguments: [
            [], [0], [2], [1, 1], [1, 1, 2], [1, 0, 0], [1, 8, 0], [1, 9, 0], [1, 3, 0], [1, 3, 0, 0], [1, 3, 0, 2, 97],
            [1, 3, 0, 1, 0xFF],
            [1, 1, 0, 1, 0], [1, 1, 0, 1, 1], [1, 3, 0, 1, 97, 3, 1, 1, 97],
        ] as [[UInt8]]) func `other bytes are no session`(bytes: [UInt8])
    {
        #expect(ClientSession(of: identity, stored: bytes) == nil)
    }

    @Test func `a stored session of a device knows its messages from the cloud`() throws {
        var session = ClientSession(of: ModuleIdentity(deviceID: "d"))
        #expect(try subscribe([("devices/d/messages/devicebound/#", 1)], &session).codes == [1])
        let again = try #require(ClientSession(of: ModuleIdentity(deviceID: "d"), stored: session.stored))
        #expect(again.quality(of: .cloudToDevice) == 1)
    }
}
