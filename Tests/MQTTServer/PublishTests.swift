import JSON
import MQTTServer
import Messages
import TestSupport
import Testing

@Suite struct PublishTests {
    private let events = "devices/D/modules/a/messages/events/"
    private let inputs = "devices/D/modules/b/inputs/#"

    private func bench(_ persistence: Persistence = .memory) throws -> ServerBench {
        let bench = try ServerBench()
        bench.route([(from: "a", to: "b", input: "in")], persistence: persistence)
        return bench
    }

    @Test(arguments: [0, 1] as [UInt8]) func `a message goes from publisher to subscriber, with who sent it`(quality: UInt8) throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [(inputs, quality)]))
        a.send(Wire.publish(events + "%24.on=out&%24.ct=application%2Fjson&level=high%20up", "{\"x\":1}", id: 9))
        bench.run(until: { a.packets.count == 1 && b.packets.count == 1 })
        #expect(a.packets == [ReceivedPacket(first: 0x40, body: [0, 9])])
        let got = try #require(b.packets.first)
        #expect(got.topic == "devices/D/modules/b/inputs/in/%24.cdid=D&%24.cmid=a&%24.ct=application%2Fjson&level=high%20up")
        #expect(got.payload == "{\"x\":1}" && got.quality == quality && !got.isDuplicate)
        a.send(Wire.publish(events, "plain") + Wire.publish(events, "plain"))
        bench.run(until: { b.packets.count == 3 })
        #expect(b.packets[2].topic == "devices/D/modules/b/inputs/in/%24.cdid=D&%24.cmid=a" && b.packets[2].payload == "plain")
    }

    @Test func `publishes are acknowledged in their order, once they are stored`() throws {
        let bench = try bench(.disk)
        let a = bench.connected("a")
        a.send((1...100).flatMap { Wire.publish(events, "m\($0)", id: UInt16($0)) })
        bench.run(until: { a.packets.count == 100 })
        #expect(a.packets.map(\.id) == Array(1...100))
        bench.flush()
        #expect(bench.hub.queues().first { $0.endpoint == "b/in" }?.length == 100)
    }

    @Test func `more publishes than may be unacknowledged are all taken, in order`() throws {
        let bench = try bench(.disk)
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [(inputs, 1)]))
        let body = [UInt8](repeating: 7, count: 500)
        a.send((1...2000).flatMap { Wire.publish(events, body, id: UInt16($0)) })
        var taken = 0
        bench.run(until: {
            for packet in b.takePackets() {
                b.send(Wire.acknowledge(packet.id))
                taken += 1
            }
            return a.packets.count == 2000 && taken == 2000
        })
        #expect(a.packets.map(\.id) == Array(1...2000))
    }

    @Test func `a topic that is not the client's, unknown or malformed ends the connection without an acknowledgement`() throws {
        let bench = try bench()
        let wrong = [
            "devices/D/modules/b/messages/events/", "devices/E/messages/events/", "devices/D/messages/events/", "nonsense",
            "devices/D/modules/a/inputs/in/", events + "%24.ct=%FF", "$iothub/twin/GET/", "$iothub/twin/PUT/?$rid=1",
        ]
        for topic in wrong {
            let client = bench.connected("a")
            client.send(Wire.publish(topic, "x", id: 3))
            bench.run(until: { client.isClosed })
            #expect(client.packets.isEmpty, "\(topic)")
        }
        #expect(bench.server.counters.violations == UInt64(wrong.count))
    }

    @Test func `quality 2 and packets that break the rules end the connection`() throws {
        let bench = try bench()
        let big = Wire.packet(0x30, Wire.string(events) + [UInt8](repeating: 0, count: 262_144))
        let wrong = [
            Wire.publish(events, "x", id: 3, quality: 2), [0xF0, 0], [0x36, 0], Wire.publish("a/#", "x"), big,
            [0x30, 0xFF, 0xFF, 0xFF, 0xFF],
        ]
        for bytes in wrong {
            let client = bench.connected("a")
            client.send(bytes)
            bench.run(until: { client.isClosed })
            #expect(client.packets.isEmpty)
        }
        #expect(bench.server.counters.violations == UInt64(wrong.count))
    }

    @Test func `retain and a second sending become properties`() throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [(inputs, 0)]))
        a.send(Wire.publish(events, "x", id: 4, flags: 9))
        bench.run(until: { !b.packets.isEmpty })
        #expect(b.packets[0].topic.hasSuffix("mqtt-retain=true&mqtt-dup=true") && b.packets[0].first & 1 == 0)
    }

    @Test func `a packet may come in pieces, and many in one`() throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [(inputs, 0)]))
        let body = (0..<70_000).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Wire.publish(events, body) + Wire.publish(events, "second") + Wire.publish(events, "third")
        for piece in stride(from: 0, to: bytes.count, by: 9973) {
            a.send(Array(bytes[piece..<min(piece + 9973, bytes.count)]))
            bench.loop.runOnce(wait: false)
        }
        bench.run(until: { b.packets.count == 3 })
        #expect(b.packets[0].body.suffix(70_000) == body[...])
        #expect(b.packets[1].payload == "second" && b.packets[2].payload == "third")
    }

    @Test func `who does not read gets no more than a bounded part, and the rest when it reads`() throws {
        let bench = try bench()
        let (a, b) = (bench.connected("a"), bench.connected("b", subscribes: [(inputs, 0)]))
        b.stream?.pauseReading()
        let body = [UInt8](repeating: 7, count: 10_000)
        for id in 1...300 as ClosedRange<UInt16> { a.send(Wire.publish(events, body, id: id)) }
        bench.run(until: { a.packets.count == 300 })
        // Of 3 MB, what the server and the system have not taken waits in the hub's queue.
        #expect((bench.hub.queues().first { $0.endpoint == "b/in" }?.length ?? 0) > 150)
        b.stream?.resumeReading()
        bench.run(until: { b.packets.count == 300 })
    }

    @Test func `messages that nobody wants are acknowledged`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a")
        a.send(Wire.publish(events, "x", id: 5))
        bench.run(until: { a.packets.count == 1 })
    }
}
