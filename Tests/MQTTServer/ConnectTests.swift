import EdgeHub
import JSON
import ModuleIdentities
import TestSupport
import Testing
import UV

@testable import MQTTServer

@Suite struct ConnectTests {
    /// The code of the CONNACK; nil: closed without one.
    private func code(_ bench: ServerBench, _ connect: [UInt8], at place: SourceLocation = #_sourceLocation) -> UInt8? {
        let client = bench.open()
        client.send(connect)
        bench.run(until: { client.isClosed || !client.packets.isEmpty }, at: place)
        let code = client.packets.first?.body.last
        if code != 0 { bench.run(until: { client.isClosed }, at: place) }
        return code
    }

    private func connect(_ bench: ServerBench, id: String = "D/a", user: String = "D/a", token: String? = nil) -> [UInt8] {
        Wire.connect(id, userName: ServerBench.userName(user), password: token ?? bench.token("a"))
    }

    @Test func `a client with a good token is connected`() throws {
        let bench = try ServerBench()
        let client = bench.connect("a")
        bench.run(until: { !client.packets.isEmpty })
        #expect(client.packets == [ReceivedPacket(first: 0x20, body: [0, 0])])
        #expect(bench.server.connectedClients == 1 && bench.server.arrivingConnections == 0)
        #expect(bench.hub.isAttached("a"))
        client.send(Wire.ping)
        bench.run(until: { client.packets.count == 2 })
        #expect(client.packets.last == ReceivedPacket(first: 0xD0, body: []))
    }

    @Test func `the device itself connects too`() throws {
        let bench = try ServerBench()
        _ = bench.connected(nil)
        #expect(bench.hub.isAttached(""))
    }

    @Test func `a downstream device connects with its own key, as long as it may`() throws {
        let bench = try ServerBench()
        let key = [UInt8](repeating: 3, count: 32)
        bench.hub.admit([DownstreamDevice(id: "sensor-7", key: key)])
        bench.flush()
        let token = SharedAccessSignature.make(
            resource: "\(ServerBench.hubHost)/devices/sensor-7", key: key, expiry: WallClock.nowMs / 1000 + 60)
        let connect = Wire.connect("sensor-7", userName: ServerBench.userName("sensor-7"), password: token.string)
        let client = bench.open()
        client.send(connect + Wire.subscribe([("devices/sensor-7/messages/devicebound/#", 1)]))
        bench.run(until: { client.packets.count == 2 })
        #expect(client.packets.map { $0.body.last } == [0, 1] && bench.hub.isAttached("/sensor-7"))
        bench.hub.admit([])
        bench.run(until: { client.isClosed })
        #expect(code(bench, connect) == 5)
    }

    @Test func `a token that is wrong, expired, foreign or missing is refused, and no line shows it`() throws {
        let bench = try ServerBench()
        let good = bench.token("a")
        #expect(code(bench, connect(bench, token: bench.token("a", expiresIn: -400))) == 5)
        #expect(code(bench, connect(bench, token: bench.token("b"))) == 5)
        #expect(code(bench, connect(bench, token: good.replacing("sig=", with: "sig=A"))) == 5)
        #expect(code(bench, connect(bench, token: "x")) == 5)
        #expect(code(bench, Wire.connect("D/a", userName: ServerBench.userName("D/a"), password: nil)) == 5)
        #expect(code(bench, connect(bench, id: "D/nobody", user: "D/nobody", token: good)) == 5)
        #expect(code(bench, connect(bench, id: "E", user: "E", token: good)) == 5)
        #expect(code(bench, connect(bench, id: "E/a", user: "E/a", token: good)) == 5)
        #expect(code(bench, connect(bench, token: good)) == 0)
        #expect(!bench.lines.isEmpty && !bench.lines.contains { $0.string.contains("sig=") })
        #expect(bench.server.counters.refusals == 8)
    }

    @Test func `a client id, user name or level that is not right has its own code`() throws {
        let bench = try ServerBench()
        #expect(code(bench, connect(bench, id: "D/b")) == 2)
        #expect(code(bench, connect(bench, user: "D/a/b/c/d/e/f/g")) == 3)
        #expect(code(bench, Wire.connect("D/a", userName: "nonsense", password: "x")) == 3)
        #expect(code(bench, Wire.connect("D/a", userName: ServerBench.userName("D/a"), password: "x", level: 5)) == 1)
    }

    @Test func `who may not connect is refused, or cut off, and a line says why`() throws {
        let bench = try ServerBench()
        let client = bench.connected("a")
        bench.refuse("a")
        bench.run(until: { client.isClosed })
        #expect(code(bench, connect(bench)) == 5)
        #expect(bench.lines.contains { $0.string.contains("the test does not want it") })
        bench.refuse(nil)
        #expect(code(bench, connect(bench)) == 0)
    }

    @Test func `a first packet that is no CONNECT ends the connection without an answer`() throws {
        let bench = try ServerBench()
        for bytes in [Wire.ping, Wire.publish("devices/D/modules/a/messages/events/", "x"), [0, 0], Array("GET / HTTP/1.1\r\n\r\n".utf8)] {
            #expect(code(bench, bytes) == nil)
        }
        #expect(bench.server.arrivingConnections == 0)
    }

    @Test func `a second CONNECT ends the connection`() throws {
        let bench = try ServerBench()
        let client = bench.connected("a")
        client.send(connect(bench))
        bench.run(until: { client.isClosed })
        #expect(!bench.hub.isAttached("a"))
    }

    @Test func `packets that come with CONNECT wait for its answer`() throws {
        let bench = try ServerBench()
        let client = bench.open()
        client.send(connect(bench) + Wire.subscribe([("$iothub/twin/res/#", 0)], id: 7) + Wire.ping)
        bench.run(until: { client.packets.count == 3 })
        #expect(client.packets.map(\.kind) == [2, 9, 13])
    }

    @Test func `a CONNECT may come byte by byte`() throws {
        let bench = try ServerBench()
        let client = bench.open()
        bench.run(until: { client.stream != nil })
        for byte in connect(bench) {
            client.send([byte])
            bench.loop.runOnce(wait: false)
        }
        bench.run(until: { !client.packets.isEmpty })
        #expect(client.packets.first?.body == [0, 0])
    }

    @Test func `who sends no CONNECT in time is closed`() throws {
        let bench = try ServerBench(limits: MQTTServerLimits(connectMs: 50))
        let client = bench.open()
        // A byte now and then gives no more time.
        client.send([0x10])
        bench.run(until: { client.isClosed })
        #expect(bench.server.arrivingConnections == 0)
    }

    @Test func `the oldest of too many that say nothing makes room`() throws {
        let bench = try ServerBench(limits: MQTTServerLimits(unauthenticated: 2))
        let first = bench.open()
        bench.run(until: { bench.server.arrivingConnections == 1 })
        let others = [bench.open(), bench.open()]
        bench.run(until: { first.isClosed })
        #expect(bench.server.arrivingConnections == 2 && !others.contains { $0.isClosed })
        _ = bench.connected("a")
    }

    @Test func `before CONNECT a packet is small`() throws {
        let bench = try ServerBench()
        // Its head says 9000 bytes; none of them has to come.
        #expect(code(bench, [0x10, 0xA8, 0x46]) == nil)
        #expect(code(bench, connect(bench, token: String(repeating: "x", count: 8200))) == nil)
    }

    @Test func `a new connection of an identity closes the earlier one and stays`() throws {
        let bench = try ServerBench()
        let first = bench.connected("a")
        let second = bench.connected("a")
        bench.run(until: { first.isClosed })
        second.send(Wire.ping)
        bench.run(until: { second.packets.contains { $0.kind == 13 } })
        #expect(bench.hub.isAttached("a") && bench.server.counters.takeovers == 1)
    }

    @Test func `a client is cut off when its identity is deleted`() throws {
        let bench = try ServerBench(modules: ["b"])
        bench.hub.createIdentity("tool", managedBy: "", authentication: .sas, primary: nil, secondary: nil) { _ in }
        bench.flush()
        let client = bench.connected("tool")
        bench.hub.deleteIdentity("tool", ifMatch: nil) { _ in }
        bench.run(until: { client.isClosed })
        #expect(bench.server.connectedClients == 0)
    }

    @Test func `a flood of refusals is few lines`() throws {
        let bench = try ServerBench()
        let before = bench.lines.count
        for _ in 0..<20 { #expect(code(bench, connect(bench, token: "x")) == 5) }
        #expect(bench.lines.count - before == LineThrottle.burst)
    }
}
