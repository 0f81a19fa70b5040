import JSON
import ModuleLinks
import Testing

@testable import EdgeHub

/// The desk alone: its clock is a number.
@Suite struct MethodDeskTests {
    private func call(_ module: Text = "m", _ stage: PendingCall.Stage = .called, bytes: Int = 8, deadline: UInt64) -> PendingCall {
        PendingCall(to: module, stage: stage, bytes: bytes, timeoutMs: 100, deadline: deadline)
    }

    @Test func `calls come due in the order of their deadlines, whatever the order in which they came and went`() {
        var desk = MethodDesk()
        var random = SystemRandomNumberGenerator()
        var open: [PendingCall] = []
        var now: UInt64 = 0
        for round in 0..<20_000 {
            if open.count < 300 && round % 3 != 0 {
                let added = call("m\(round % 7)", deadline: now + UInt64.random(in: 0...500, using: &random))
                desk.add(added)
                open.append(added)
            } else if !open.isEmpty && round % 2 == 0 {
                desk.remove(open.remove(at: Int.random(in: 0..<open.count, using: &random)))
            } else {
                now += 5
                let due = open.filter { $0.deadline <= now }.map(\.deadline).sorted()
                var expired: [UInt64] = []
                while let next = desk.expire(now) { expired.append(next.deadline) }
                #expect(expired == due)
                open.removeAll { $0.deadline <= now }
            }
            #expect(desk.count == open.count)
            #expect(desk.nextDeadline == open.map(\.deadline).min())
        }
        #expect(desk.bytes == open.count * 8)
    }

    @Test func `calls that waited begin in the order in which they came, each with its whole time`() {
        var desk = MethodDesk()
        let waiting = [500, 20, 300].map { call("late", .waiting, deadline: $0) }
        for one in waiting { desk.add(one) }
        desk.add(call("other", .waiting, deadline: 10))
        let begun = desk.begin("late", now: 15)
        #expect(begun.map(ObjectIdentifier.init) == waiting.map(ObjectIdentifier.init))
        #expect(begun.allSatisfy { $0.stage == .called && $0.deadline == 115 })
        #expect(desk.begin("late", now: 16).isEmpty)
        #expect(desk.expire(114)?.module == "other")
        #expect(desk.expire(114) == nil)
    }

    @Test func `an instance that is gone takes only the calls that it had`() {
        var desk = MethodDesk()
        let (had, waits, others) = (call(deadline: 9), call("m", .waiting, deadline: 8), call("n", deadline: 7))
        for one in [had, waits, others] { desk.add(one) }
        #expect(desk.abandon("m").map(ObjectIdentifier.init) == [ObjectIdentifier(had)])
        #expect(desk.count == 2)
        #expect(desk.abandonAny() === others)
        #expect(desk.abandonAny() === waits)
        #expect(desk.abandonAny() == nil)
        #expect(desk.bytes == 0 && desk.isEmpty && desk.nextDeadline == nil)
    }

    @Test func `calls are bounded in number, in bytes, and in bytes of one module`() {
        var desk = MethodDesk()
        let large = HubLimits.methodPayloadBytes
        for _ in 0..<8 { desk.add(call("m", bytes: large, deadline: 1)) }
        #expect(
            desk.refusal(to: "m", bytes: 8)
                == "m has calls with 1048576 bytes to answer, at most 1048576 are allowed: try again later")
        #expect(desk.refusal(to: "n", bytes: large) == nil)
        for number in 0..<120 { desk.add(call("n\(number / 8)", bytes: large, deadline: 1)) }
        #expect(
            desk.refusal(to: "o", bytes: 8) == "calls with 16777216 bytes are under way, at most 16777216 are allowed: try again later")
        while desk.abandonAny() != nil {}
        for _ in 0..<HubLimits.methodCalls { desk.add(call("m", bytes: 8, deadline: 1)) }
        #expect(desk.refusal(to: "n", bytes: 8) == "4096 calls are under way: no more are taken for now")
    }
}
