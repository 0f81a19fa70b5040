import JSON
import Messages
import TestSupport
import Testing
import UV

@testable import MQTTServer

/// Wills, time, and what is left when everybody has gone.
@Suite struct LifeTests {
    private let events = "devices/D/modules/a/messages/events/"
    private let inputs = "devices/D/modules/b/inputs/#"

    private func bench() throws -> ServerBench {
        let bench = try ServerBench()
        bench.route([(from: "a", to: "b", input: "in")])
        return bench
    }

    @Test func `the will of a client that goes without a word is a message`() throws {
        let bench = try bench()
        let b = bench.connected("b", subscribes: [(inputs, 0)])
        let a = bench.connected("a", will: (topic: events + "x=1", payload: "gone"))
        a.close()
        bench.run(until: { b.publishes.count == 1 })
        let will = try b.publish()
        #expect(will.payload == "gone" && will.topic.contains("iothub-MessageType=Will"))
        #expect(will.topic.contains("x=1"))
    }

    @Test func `a client that says goodbye leaves no will`() throws {
        let bench = try bench()
        let b = bench.connected("b", subscribes: [(inputs, 0)])
        let a = bench.connected("a", will: (topic: events, payload: "gone"))
        a.send(Wire.disconnect)
        bench.run(until: { a.isClosed })
        settle(bench.loop)
        #expect(b.publishes.isEmpty)
    }

    @Test func `the will of a client whose place is taken is sent, and the new one stays`() throws {
        let bench = try bench()
        let b = bench.connected("b", subscribes: [(inputs, 0)])
        let first = bench.connected("a", will: (topic: events, payload: "gone"))
        let second = bench.connected("a")
        bench.run(until: { first.isClosed && b.publishes.count == 1 })
        second.send(Wire.ping)
        bench.run(until: { second.packets.last?.kind == 13 })
    }

    @Test func `who is silent for longer than it promised is closed, who sends is not`() throws {
        let bench = try bench()
        let silent = bench.connected("a", keepAlive: 1, will: (topic: events, payload: "gone"))
        let awake = bench.connected("b", keepAlive: 1, subscribes: [(inputs, 0)])
        let pings = Timer(bench.loop)
        pings.start(afterMs: 0, everyMs: 200) { awake.send(Wire.ping) }
        bench.run(until: { silent.isClosed })
        bench.run(until: { awake.publishes.count == 1 })
        #expect(!awake.isClosed && bench.server.counters.timeouts == 1)
    }

    @Test func `a client whose token has expired is closed when it is looked at`() throws {
        let bench = try bench()
        let a = bench.connected("a", expiresIn: 100)
        a.send(Wire.ping)
        bench.run(until: { a.packets.count == 1 })
        bench.shift(ms: 399_000)
        a.send(Wire.ping)
        bench.run(until: { a.packets.count == 2 })
        bench.shift(ms: 402_000)
        a.send(Wire.ping)
        bench.run(until: { a.isClosed })
        #expect(bench.lines.contains { $0.string.contains("token") })
    }

    @Test func `while nobody is connected there is no timer`() throws {
        let bench = try bench()
        #expect(!bench.server.hasTimer)
        let (a, b) = (bench.connected("a"), bench.open())
        bench.run(until: { bench.server.arrivingConnections == 1 })
        #expect(bench.server.hasTimer)
        a.send(Wire.disconnect)
        b.close()
        bench.run(until: { bench.server.arrivingConnections == 0 && bench.server.connectedClients == 0 })
        #expect(!bench.server.hasTimer)
    }

    @Test(arguments: [true, false]) func `who took the place of another is known to the server`(isClean: Bool) throws {
        let bench = try bench()
        let first = bench.connected("a", clean: isClean)
        let second = bench.connected("a", clean: isClean)
        bench.run(until: { first.isClosed })
        let third = bench.connected("a", clean: isClean)
        bench.run(until: { second.isClosed })
        #expect(bench.server.counters.takeovers == 2 && bench.server.clients.count == 1)
        bench.refuse("a")
        bench.run(until: { third.isClosed })
        #expect(bench.server.connectedClients == 0)
    }

    @Test func `of clients whose identities are gone nothing is left for long`() throws {
        let bench = try bench()
        let names = (0..<70).map { Text("tool\($0)") }
        for name in names { bench.hub.createIdentity(name) { _ in } }
        bench.flush()
        for name in names {
            let client = bench.connected(name, clean: false)
            client.send(Wire.disconnect)
            bench.run(until: { client.isClosed })
        }
        for name in names { bench.hub.deleteIdentity(name) { _ in } }
        bench.flush()
        _ = bench.connected("a", clean: false)
        #expect(bench.server.clients.count < 70)
    }

    @Test func `who takes what it is sent, however slowly, is not taken for lost`() throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", keepAlive: 60, subscribes: [(inputs, 0)]))
        b.stream?.pauseReading()
        let body = [UInt8](repeating: 7, count: 10_000)
        for id in 1...300 as ClosedRange<UInt16> { a.send(Wire.publish(events, body, id: id)) }
        bench.run(until: { a.packets.count == 300 })
        // It is not read from any more.
        b.send(Wire.ping)
        settle(bench.loop)
        let connection = try #require(bench.server.clients["b"]?.connection)
        let now = Loop.monotonicMs
        #expect(connection.check(now + 100_000) == now + 190_000)
        // Nothing was taken since.
        #expect(connection.check(now + 191_000) == UInt64.max)
        bench.run(until: { !connection.isOpen })
    }

    @Test func `a server that closes closes its clients and sends no wills`() throws {
        let bench = try bench()
        let a = bench.connected("a", will: (topic: events, payload: "gone"))
        bench.server.close()
        bench.run(until: { a.isClosed })
        #expect(!bench.hub.isAttached("a"))
        let late = bench.open()
        bench.run(until: { late.isClosed })
    }
}
