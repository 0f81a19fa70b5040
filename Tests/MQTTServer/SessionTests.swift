import JSON
import MQTTServer
import Messages
import TestSupport
import Testing

@Suite struct SessionTests {
    private let events = "devices/D/modules/a/messages/events/"
    private let inputs = "devices/D/modules/b/inputs/#"

    private func bench(_ folder: TemporaryFolder = TemporaryFolder()) throws -> ServerBench {
        let bench = try ServerBench(folder: folder)
        bench.route([(from: "a", to: "b", input: "in")])
        return bench
    }

    /// A client that keeps its session; whether the server had one.
    private func resume(_ bench: ServerBench, _ module: Text = "b") throws -> (client: TestClient, wasPresent: Bool) {
        let client = bench.connect(module, clean: false)
        bench.run(until: { !client.packets.isEmpty })
        let answer = try #require(client.packets.first)
        #expect(answer.kind == 2 && answer.body[1] == 0)
        return (client, answer.body[0] == 1)
    }

    private func subscribe(_ bench: ServerBench, _ client: TestClient, _ filters: [(String, UInt8)]) -> [UInt8] {
        client.send(Wire.subscribe(filters, id: 77))
        bench.run(until: { client.packets.contains { $0.kind == 9 } })
        return Array(client.packets.first { $0.kind == 9 }?.body.dropFirst(2) ?? [])
    }

    private func end(_ bench: ServerBench, _ client: TestClient) {
        client.send(Wire.disconnect)
        bench.run(until: { client.isClosed })
    }

    @Test func `a session keeps its subscriptions while the client is away, and messages wait`() throws {
        let bench = try bench()
        let (first, wasPresent) = try resume(bench)
        #expect(!wasPresent)
        #expect(subscribe(bench, first, [(inputs, 1)]) == [1])
        end(bench, first)
        let a = bench.connected("a")
        a.send(Wire.publish(events, "meanwhile", id: 1))
        bench.run(until: { a.packets.count == 1 })
        let (second, isPresent) = try resume(bench)
        #expect(isPresent)
        bench.run(until: { second.publishes.count == 1 })
        #expect(try second.publish().payload == "meanwhile")
    }

    @Test func `a session is there after a restart of the host`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(folder)
            let (client, _) = try resume(bench)
            #expect(subscribe(bench, client, [(inputs, 1), ("$iothub/twin/res/#", 0)]) == [1, 0])
        }
        let bench = try bench(folder)
        let (client, isPresent) = try resume(bench)
        #expect(isPresent)
        let a = bench.connected("a")
        a.send(Wire.publish(events, "new", id: 1))
        bench.run(until: { client.publishes.count == 1 })
        client.send(Wire.publish("$iothub/twin/GET/?$rid=1"))
        bench.run(until: { client.publishes.count == 2 })
    }

    @Test func `a clean session forgets, on disk too`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(folder)
            let (client, _) = try resume(bench)
            _ = subscribe(bench, client, [(inputs, 1)])
            end(bench, client)
            end(bench, bench.connected("b", clean: true))
            let (again, isPresent) = try resume(bench)
            #expect(!isPresent)
            end(bench, again)
            end(bench, bench.connected("b", clean: true))
        }
        let bench = try bench(folder)
        #expect(try !resume(bench).wasPresent)
    }

    @Test func `what comes with the CONNECT of a clean session waits until the one before is forgotten`() throws {
        let bench = try bench()
        let (first, _) = try resume(bench)
        _ = subscribe(bench, first, [(inputs, 1)])
        end(bench, first)
        let again = bench.connect("b", clean: true)
        again.send(Wire.publish("devices/D/modules/b/messages/events/", "x", id: 9) + Wire.subscribe([(inputs, 1)], id: 3) + Wire.ping)
        bench.run(until: { again.packets.count == 4 })
        #expect(again.packets.map(\.kind).sorted() == [2, 4, 9, 13] && again.packets[0].body == [0, 0])
    }

    @Test func `an identity that is deleted while its session is being forgotten does not come back`() throws {
        let bench = try bench()
        bench.hub.createIdentity("mine") { _ in }
        bench.flush()
        let (first, _) = try resume(bench, "mine")
        _ = subscribe(bench, first, [("devices/D/modules/mine/inputs/#", 1)])
        end(bench, first)
        let again = bench.connect("mine", clean: true)
        bench.run(until: { bench.server.connectedClients == 1 })
        bench.hub.deleteIdentity("mine") { _ in }
        bench.run(until: { again.isClosed })
        bench.flush()
        #expect(bench.hub.identityRecord("mine") == nil && !bench.hub.isAttached("mine"))
        #expect(again.packets.map(\.body) == [[0, 5]])
    }

    @Test func `what was not acknowledged comes again, with the same id and the sign that it was sent before`() throws {
        let bench = try bench()
        let a = bench.connected("a")
        let (first, _) = try resume(bench)
        _ = subscribe(bench, first, [(inputs, 1)])
        a.send((1...3).flatMap { Wire.publish(events, "m\($0)", id: UInt16($0)) })
        bench.run(until: { first.publishes.count == 3 })
        let sent = first.publishes
        #expect(Set(sent.map(\.id)).count == 3 && !sent.contains { $0.isDuplicate })
        first.send(Wire.acknowledge(sent[1].id))
        end(bench, first)
        let (second, _) = try resume(bench)
        a.send(Wire.publish(events, "m4", id: 4))
        bench.run(until: { second.publishes.count == 3 })
        #expect(second.publishes.map(\.payload) == ["m1", "m3", "m4"])
        #expect(second.publishes.map(\.isDuplicate) == [true, true, false])
        #expect(Array(second.publishes.map(\.id).prefix(2)) == [sent[0].id, sent[2].id])
        for packet in second.publishes { second.send(Wire.acknowledge(packet.id)) }
        second.send(Wire.ping)
        bench.run(until: { second.packets.contains { $0.kind == 13 } })
        #expect(bench.hub.queues().first { $0.endpoint == "b/in" }?.length == 0)
    }

    @Test func `what the client of a clean session has not acknowledged comes again as new`() throws {
        let bench = try bench()
        let a = bench.connected("a")
        let first = bench.connected("b", subscribes: [(inputs, 1)])
        a.send(Wire.publish(events, "m"))
        bench.run(until: { first.publishes.count == 1 })
        first.close()
        let second = bench.connected("b", subscribes: [])
        second.send(Wire.subscribe([(inputs, 1)]))
        bench.run(until: { second.publishes.count == 1 })
        let again = try second.publish()
        #expect(!again.isDuplicate && again.payload == "m")
    }

    @Test func `messages wait until there is a subscription for their input`() throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [("devices/D/modules/b/inputs/other/#", 0)]))
        a.send(Wire.publish(events, "x", id: 1))
        bench.run(until: { a.packets.count == 1 })
        settle(bench.loop)
        #expect(b.packets.isEmpty)
        b.send(Wire.subscribe([("devices/D/modules/b/inputs/in/#", 0)]))
        bench.run(until: { b.publishes.count == 1 })
        b.send(Wire.unsubscribe(["devices/D/modules/b/inputs/in/#"], id: 5))
        bench.run(until: { b.packets.last?.kind == 11 })
        _ = b.takePackets()
        a.send(Wire.publish(events, "y", id: 2))
        bench.run(until: { a.packets.count == 2 })
        settle(bench.loop)
        #expect(b.packets.isEmpty)
    }

    @Test func `what a filter means decides what it is granted`() throws {
        let bench = try bench()
        let b = bench.connected("b")
        let codes = subscribe(
            bench, b,
            [
                (inputs, 2), ("devices/D/modules/b/#", 0), ("nonsense/+", 1), ("devices/D/modules/a/inputs/#", 1),
                ("devices/E/messages/devicebound/#", 0),
                ("$iothub/methods/POST/#", 1),
            ])
        #expect(codes == [1, 0, 1, 0x80, 0x80, 1])
    }

    @Test func `an acknowledgement of nothing does nothing`() throws {
        let bench = try bench()
        let b = bench.connected("b", subscribes: [(inputs, 1)])
        b.send(Wire.acknowledge(4711) + Wire.ping)
        bench.run(until: { b.packets.last?.kind == 13 })
    }
}
