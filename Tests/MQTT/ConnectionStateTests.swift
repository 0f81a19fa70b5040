import JSON
import MQTT
import Messages
import ModuleIdentities
import TestSupport
import Testing

@Suite struct ConnectionStateTests {
    private static let token = "SharedAccessSignature sr=x&sig=y&se=1"

    /// What is done for a packet, in words.
    private func take(_ bytes: [UInt8], _ state: inout ConnectionState) throws -> String {
        let action = try bytes.withPacket { state.take($0) }
        return switch action {
        case .authenticate(let request): "authenticate \(request.clientID)"
        case .refuse(let code, _): "refuse \(code.rawValue)"
        case .close: "close"
        case .publish(let packet): "publish \(packet.id)"
        case .acknowledge(let id): "acknowledge \(id)"
        case .subscribe(let packet): "subscribe \(packet.id)"
        case .unsubscribe(let packet): "unsubscribe \(packet.id)"
        case .pong: "pong"
        case .disconnect: "disconnect"
        }
    }

    private func first(_ bytes: [UInt8]) throws -> String {
        var state = ConnectionState()
        let action = try take(bytes, &state)
        #expect(state.phase == (action.hasPrefix("authenticate") ? .authenticating : .closed))
        return action
    }

    private func connected() throws -> ConnectionState {
        var state = ConnectionState()
        _ = try take(ClientPacket.connect("d/m", userName: "h/d/m/?api-version=1", password: Self.token), &state)
        state.accept()
        return state
    }

    private func request(_ bytes: [UInt8]) throws -> ConnectRequest {
        var state = ConnectionState()
        guard case .authenticate(let request) = try bytes.withPacket({ state.take($0) }) else { throw NotThatPacket() }
        return request
    }

    @Test func `the first packet is CONNECT [MQTT-3_1_0-1]`() throws {
        for packet in [
            ClientPacket.ping, ClientPacket.disconnect, ClientPacket.publish("t"), ClientPacket.acknowledge(1),
            ClientPacket.subscribe(1, [("a", 0)]),
            ClientPacket.unsubscribe(1, ["a"]),
        ] {
            #expect(try first(packet) == "close")
        }
    }

    @Test func `a second CONNECT closes [MQTT-3_1_0-2]`() throws {
        var state = try connected()
        #expect(try take(ClientPacket.connect("d/m", userName: "h/d/m/?api-version=1", password: Self.token), &state) == "close")
        #expect(state.phase == .closed)
    }

    @Test func `once connected, each packet has its action, and larger ones are taken`() throws {
        var state = try connected()
        #expect(ConnectionState().packetLimit == 6144 && state.packetLimit == 262_144)
        #expect(try take(ClientPacket.publish("t", quality: 1, id: 5), &state) == "publish 5")
        #expect(try take(ClientPacket.acknowledge(6), &state) == "acknowledge 6")
        #expect(try take(ClientPacket.subscribe(7, [("a", 0)]), &state) == "subscribe 7")
        #expect(try take(ClientPacket.unsubscribe(8, ["a"]), &state) == "unsubscribe 8")
        #expect(try take(ClientPacket.ping, &state) == "pong")
        #expect(try take(ClientPacket.disconnect, &state) == "disconnect")
        #expect(try take(ClientPacket.ping, &state) == "close", "nothing follows DISCONNECT [MQTT-3.14.4-1]")
    }

    @Test func `nothing is done for a packet before CONNECT is answered`() throws {
        var state = ConnectionState()
        _ = try take(ClientPacket.connect("d", userName: "h/d/?api-version=1", password: Self.token), &state)
        #expect(try take(ClientPacket.publish("t"), &state) == "close")
    }

    @Test func `another level is answered with code 1, all else that is broken with nothing`() throws {
        func fail(_ bytes: [UInt8], _ state: ConnectionState = ConnectionState()) throws -> String {
            var state = state
            return bytes.withUnsafeBytes { bytes in
                do throws(PacketError) {
                    _ = try Packet.read(bytes, limit: 1000)
                    return "taken"
                } catch {
                    return switch state.fail(error) {
                    case .refuse(let code, let reason): "\(code.rawValue) \(reason)"
                    case .close(let reason): "close \(reason)"
                    default: "?"
                    }
                }
            }
        }
        let level5 = ClientPacket.packet(0x10, ClientPacket.field("MQTT") + [5, 2, 0, 60, 0, 0, 0])
        #expect(try fail(level5) == "1 the protocol level of CONNECT is 5; use 4 (3.1.1) [MQTT-3.1.2-2]")
        #expect(try fail(level5, connected()).hasPrefix("close "))
        #expect(try fail([0x63, 0]) == "close the flags of PUBREL are 3; they must be 2 [MQTT-2.2.2-2]")
        let old = ClientPacket.packet(0x10, ClientPacket.field("MQIsdp") + [3, 2, 0, 60, 0, 0])
        #expect(try fail(old) == "close the protocol name of CONNECT is not MQTT [MQTT-3.1.2-1]")
    }

    @Test func `a CONNECT that is in order says who it is and what it wants`() throws {
        let name = "hub.net/d/m/?api-version=2021-04-12&DeviceClientType=py%2F2"
        let request = try request(ClientPacket.connect("d/m", userName: name, password: Self.token, isClean: true, keepAlive: 60))
        #expect(request.identity == ModuleIdentity(deviceID: "d", moduleID: "m") && request.clientID == "d/m")
        #expect(request.token == Text(Self.token) && request.isClean && request.silenceMs == 90_000)
        #expect(request.clientType == "py/2" && request.will == nil)
    }

    @Test(
        arguments: [(0, 600_000), (1, 1500), (60, 90_000), (1177, 1_765_500), (1178, 1_767_000), (1740, 1_767_000), (65535, 1_767_000)]
            as [(UInt16, UInt64)])
    func `a client may be silent for one and a half times what it promised [MQTT-3_1_2-24]`(seconds: UInt16, ms: UInt64) throws {
        let packet = ClientPacket.connect("d", userName: "h/d/?api-version=1", password: Self.token, keepAlive: seconds)
        #expect(try request(packet).silenceMs == ms)
    }

    @Test(arguments: ["", "d", "d/m/", "d/M", "D/m", "d%2Fm", "/d/m", "d/n"]) func `the client id is that of the user name`(
        clientID: String
    ) throws {
        #expect(try first(ClientPacket.connect(clientID, userName: "h/d/m/?api-version=1", password: Self.token)) == "refuse 2")
    }

    @Test func `who has no user name, no token or too much of it is refused`() throws {
        func connect(_ userName: String?, _ password: String?) throws -> String {
            try first(ClientPacket.connect("d", userName: userName, password: password))
        }
        #expect(try connect(nil, nil) == "refuse 3")
        #expect(try connect("d", Self.token) == "refuse 3")
        #expect(try connect("", "") == "refuse 3")
        #expect(try connect("h/d/?api-version=1", nil) == "refuse 5")
        #expect(try connect("h/d/?api-version=1", "") == "refuse 5")
        #expect(try connect("h/d/?api-version=1", String(repeating: "x", count: 4097)) == "refuse 5")
        #expect(try connect("h/d/?api-version=1", String(repeating: "x", count: 4096)) == "authenticate d")
        let fields = [Array("d".utf8), Array("h/d/?api-version=1".utf8), [0xFF, 0xFE]]
        let packet = ClientPacket.packet(0x10, ClientPacket.field("MQTT") + [4, 0xC2, 0, 60] + fields.flatMap { ClientPacket.field($0) })
        #expect(try first(packet) == "refuse 5")
    }

    @Test func `no reason shows a token`() throws {
        for (clientID, name, token) in [
            ("x", "h/d/?api-version=1", "secret"), ("d", "d", "secret"),
            ("d", "h/d/?api-version=1", String(repeating: "secret", count: 1000)),
        ] {
            var state = ConnectionState()
            let action = try ClientPacket.connect(clientID, userName: name, password: token).withPacket { state.take($0) }
            guard case .refuse(_, let reason) = action else { throw NotThatPacket() }
            #expect(!reason.string.contains("secret"))
        }
    }

    @Test func `a will is telemetry of the client itself`() throws {
        func will(_ will: ClientPacket.Will) throws -> String {
            try first(ClientPacket.connect("d/m", userName: "h/d/m/?api-version=1", password: Self.token, will: will))
        }
        #expect(try will(ClientPacket.Will("devices/d/modules/m/messages/events/a=1", quality: 0)) == "authenticate d/m")
        for topic in [
            "devices/d/modules/n/messages/events/", "devices/d/messages/events/", "$iothub/twin/GET/?$rid=1", "x", "", "a/#",
            "devices/d/modules/m/messages/events/a=%",
        ] {
            #expect(try will(ClientPacket.Will(topic)) == "refuse 5", "\(topic)")
        }
        #expect(try will(ClientPacket.Will("devices/d/modules/m/messages/events/", quality: 2)) == "refuse 5")
    }

    @Test func `the message of a will says that it is one`() throws {
        let will = ClientPacket.Will("devices/d/modules/m/messages/events/$.on=o&IOTHUB-messagetype=x&a=1", "bye", isRetained: true)
        let request = try request(ClientPacket.connect("d/m", userName: "h/d/m/?api-version=1", password: Self.token, will: will))
        let message = try #require(request.will).message(from: "m")
        #expect(message.module == "m" && message.output == "o" && message.body == Array("bye".utf8) && message.isChecked)
        #expect(message.properties.map { "\($0.name)=\($0.value)" } == ["a=1", "iothub-MessageType=Will", "mqtt-retain=true"])
        #expect(MessageRules.problem(with: message) == nil)
    }
}
