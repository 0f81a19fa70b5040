import JSON
import MQTTServer
import ModuleLinks
import TestSupport
import Testing

@Suite struct MethodTests {
    private let methods: [(String, UInt8)] = [("$iothub/methods/POST/#", 0)]

    private final class Outcome {
        var value: MethodOutcome?
    }

    private func call(_ bench: ServerBench, _ payload: JSON = ["n": 1], timeoutMs: UInt64 = 5000) -> Outcome {
        let outcome = Outcome()
        bench.hub.invoke(module: "a", method: "reset-now", payload: payload, timeoutMs: timeoutMs) { outcome.value = $0 }
        return outcome
    }

    private func requestID(_ packet: ReceivedPacket) -> String { String(packet.topic.split(separator: "$rid=")[1]) }

    @Test func `a method is called and answered, each by its own id`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: methods)
        let (first, second) = (call(bench), call(bench, .null))
        bench.run(until: { a.publishes.count == 2 })
        let call = try a.publish()
        #expect(call.topic.hasPrefix("$iothub/methods/POST/reset-now/?$rid=") && call.payload == #"{"n":1}"#)
        let ids = a.publishes.map(requestID)
        #expect(ids[0] != ids[1])
        a.send(Wire.publish("$iothub/methods/res/200/?$rid=4711", "1"))
        a.send(Wire.publish("$iothub/methods/res/201/?$rid=\(ids[1])", "[2]", id: 6))
        a.send(Wire.publish("$iothub/methods/res/500/?$rid=\(ids[0])", ""))
        bench.run(until: { first.value != nil && second.value != nil })
        #expect(second.value == .answered(status: 201, payload: [2]))
        #expect(first.value == .answered(status: 500, payload: .null))
        bench.run(until: { a.packets.contains { $0.kind == 4 } })
        // Late and again: it means nothing.
        a.send(Wire.publish("$iothub/methods/res/200/?$rid=\(ids[0])", "3") + Wire.ping)
        bench.run(until: { a.packets.last?.kind == 13 })
    }

    @Test func `an answer that is no JSON is told to the caller`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a", subscribes: methods)
        let outcome = call(bench)
        bench.run(until: { a.publishes.count == 1 })
        a.send(Wire.publish("$iothub/methods/res/200/?$rid=\(requestID(try a.publish()))", "{nonsense"))
        bench.run(until: { outcome.value != nil })
        guard case .answered(let status, _) = outcome.value else {
            Issue.record("\(String(describing: outcome.value))")
            return
        }
        #expect(status >= 400 && !a.isClosed)
    }

    @Test func `who has not subscribed to methods, or is gone, cannot be called`() throws {
        let bench = try ServerBench()
        let a = bench.connected("a")
        let none = call(bench)
        bench.run(until: { none.value != nil })
        guard case .notFound = none.value else {
            Issue.record("\(String(describing: none.value))")
            return
        }
        a.send(Wire.subscribe(methods))
        bench.run(until: { a.packets.last?.kind == 9 })
        let left = call(bench)
        bench.run(until: { a.publishes.count == 1 })
        a.close()
        bench.run(until: { left.value != nil })
        guard case .notFound = left.value else {
            Issue.record("\(String(describing: left.value))")
            return
        }
    }
}
