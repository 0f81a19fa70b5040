import JSON
import MQTTServer
import TestSupport
import Testing

@Suite struct TwinTests {
    private let all: [(String, UInt8)] = [("$iothub/twin/res/#", 0), ("$iothub/twin/PATCH/properties/desired/#", 0)]

    private func answer(
        _ bench: ServerBench, _ client: TestClient, _ request: [UInt8], at place: SourceLocation = #_sourceLocation
    ) throws -> ReceivedPacket {
        _ = client.takePackets()
        client.send(request)
        bench.run(until: { !client.publishes.isEmpty || client.isClosed }, at: place)
        return try #require(client.publishes.first, sourceLocation: place)
    }

    @Test func `a client reads its twin and reports`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: all)
        let empty = try answer(bench, a, Wire.publish("$iothub/twin/GET/?$rid=x-1", " "))
        #expect(empty.topic == "$iothub/twin/res/200/?$rid=x-1")
        #expect(empty.payload == #"{"desired":{"$version":1},"reported":{"$version":1}}"#)
        let reported = try answer(bench, a, Wire.publish("$iothub/twin/PATCH/properties/reported/?$rid=2", #"{"state":"ok"}"#, id: 8))
        #expect(reported.topic == "$iothub/twin/res/204/?$rid=2&$version=2" && reported.payload.isEmpty)
        bench.run(until: { a.packets.contains { $0.kind == 4 && $0.id == 8 } })
        let full = try answer(bench, a, Wire.publish("$iothub/twin/GET/?$rid=3"))
        #expect(full.payload == #"{"desired":{"$version":1},"reported":{"state":"ok","$version":2}}"#)
    }

    @Test func `a patch that is no patch, or too large, is answered with a status`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: all)
        let topic = "$iothub/twin/PATCH/properties/reported/?$rid=7"
        for body in ["", "5", "{", #"{"$metadata":1}"#, "{\"a\":\"\(String(repeating: "x", count: 5000))\"}"] {
            let refused = try answer(bench, a, Wire.publish(topic, body, id: 8))
            #expect(
                refused.topic == "$iothub/twin/res/400/?$rid=7" || refused.topic == "$iothub/twin/res/413/?$rid=7", "\(body.prefix(20))")
            bench.run(until: { a.packets.contains { $0.kind == 4 } })
        }
        #expect(!a.isClosed)
    }

    @Test func `a patch without a request id is applied and not answered`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: all)
        a.send(Wire.publish("$iothub/twin/PATCH/properties/reported/", #"{"x":1}"#, id: 3))
        bench.run(until: { a.packets.count == 1 })
        #expect(a.packets[0].kind == 4)
        bench.flush()
        let properties = bench.hub.twin("a")?["properties"]?.object
        #expect(properties?["reported"]?.object?["x"] == .integer(1))
    }

    @Test func `a patch that is lost without an answer is not acknowledged`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: all)
        a.send(Wire.publish("$iothub/twin/PATCH/properties/reported/", #"{"x":1}"#, id: 3))
        bench.run(until: {
            // As many updates wait as may.
            for _ in 0..<1024 { bench.hub.changeTwin("a", tags: ["n": 1]) { _ in } }
            return a.isClosed
        })
        #expect(!a.packets.contains { $0.kind == 4 })
        #expect(bench.lines.contains { $0.string.contains("updates of /devices/D/modules/a wait") })
    }

    @Test func `a change of desired properties comes with its version, to those who subscribed`() throws {
        let bench = try ServerBench()
        let (a, b) = (bench.connected("a", subscribes: all), bench.connected("b"))
        for module in ["a", "b"] as [Text] { bench.hub.changeTwin(module, desired: ["limit": 5, "gone": .null]) { _ in } }
        bench.run(until: { a.publishes.count == 1 })
        #expect(try a.publish().topic == "$iothub/twin/PATCH/properties/desired/?$version=2")
        let body = try a.publish().payload
        #expect(body.contains("\"limit\":5") && body.contains("\"$version\":2"))
        b.send(Wire.ping)
        bench.run(until: { !b.packets.isEmpty })
        #expect(b.publishes.isEmpty)
    }
}
