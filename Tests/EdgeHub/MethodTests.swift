import JSON
import ModuleLinks
import Testing
import UV

@testable import EdgeHub

@Suite struct MethodTests {
    private func invoke(
        _ bench: HubBench, _ module: Text, _ method: Text = "reset", _ payload: JSON = nil, timeoutMs: UInt64 = 10_000,
        connectTimeoutMs: UInt64 = 0
    ) throws -> MethodOutcome {
        try bench.wait {
            bench.hub.invoke(
                module: module, method: method, payload: payload, timeoutMs: timeoutMs, connectTimeoutMs: connectTimeoutMs, done: $0)
        }
    }

    @Test func `a module answers at once or later`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        module.onInvoke = { $0.end(.answered(status: 200, payload: $0.payload)) }
        #expect(try invoke(bench, "m", "reset", ["deep": true]) == .answered(status: 200, payload: ["deep": true]))
        module.onInvoke = { call in bench.loop.soon { call.end(.answered(status: 500, payload: nil)) } }
        #expect(try invoke(bench, "m") == .answered(status: 500, payload: nil))
    }

    @Test func `a module calls another through its port`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        module.onInvoke = { $0.end(.answered(status: 200, payload: ["done", $0.payload])) }
        _ = bench.attach("m", link: module)
        let port = bench.attach("caller", link: NotingModule())
        let outcome: MethodOutcome = try bench.wait {
            port.invoke(module: "m", method: "reset", payload: [1, 2], timeoutMs: 1000, done: $0)
        }
        #expect(outcome == .answered(status: 200, payload: ["done", [1, 2]]))
    }

    @Test func `no answer in time is a timeout, and a late answer changes nothing`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        #expect(try invoke(bench, "m", timeoutMs: 20) == .timedOut(reason: "m did not answer reset within 20 ms"))
        module.calls[0].end(.answered(status: 200, payload: nil))
        bench.flush()
        #expect(bench.hub.desk.isEmpty)
        #expect(bench.hub.armedDeadline == nil)
    }

    @Test func `the nearest deadline counts, whatever the order of the calls`() throws {
        let time = FakeTime()
        let bench = try HubBench(time: time)
        _ = bench.attach("m", link: NotingModule())
        var ended: [Text] = []
        for (name, timeout) in [("long", 100), ("short", 10), ("middle", 50)] as [(Text, UInt64)] {
            bench.hub.invoke(module: "m", method: name, payload: nil, timeoutMs: timeout) { _ in ended.append(name) }
        }
        for count in 1...3 {
            time.advance(count == 1 ? 10 : count == 2 ? 40 : 50)
            bench.run { ended.count == count }
        }
        #expect(ended == ["short", "middle", "long"])
    }

    @Test func `a module that is not there is not found`() throws {
        let bench = try HubBench()
        #expect(try invoke(bench, "m") == .notFound(reason: "m is not running: there is nobody to call"))
        #expect(try invoke(bench, "m", connectTimeoutMs: 10) == .notFound(reason: "m is not running: there is nobody to call"))
    }

    @Test func `a caller may wait for the module to come`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        module.onInvoke = { $0.end(.answered(status: 200, payload: nil)) }
        bench.loop.soon { _ = bench.attach("m", link: module) }
        #expect(try invoke(bench, "m", connectTimeoutMs: 10_000) == .answered(status: 200, payload: nil))
    }

    @Test func `a call ends with the instance that has it`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        let port = bench.attach("m", link: module)
        module.onInvoke = { _ in bench.loop.soon { bench.hub.detach(port) } }
        #expect(try invoke(bench, "m") == .notFound(reason: "m ended before it answered reset"))
    }

    @Test(arguments: ["", "two words", "a/b", "a{b}", "é", "$x", "tab\t"])
    func `a bad name is not valid`(name: String) throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        guard case .invalid = try invoke(bench, "m", Text(name)) else {
            Issue.record("\(name) was taken")
            return
        }
        #expect(module.calls.isEmpty)
    }

    @Test func `names, payloads and timeouts have limits`() {
        func complaint(name: Int = 1, payload: Int = 1, timeout: UInt64 = 1, connect: UInt64 = 0) -> Text? {
            MethodRules.complaint(
                method: Text(String(repeating: "x", count: name)),
                bytes: MethodRules.size(of: .string(Text(String(repeating: "x", count: payload)))),
                timeoutMs: timeout, connectTimeoutMs: connect)
        }
        #expect(complaint(name: 100, payload: 131_070, timeout: 300_000, connect: 300_000) == nil)
        #expect(complaint(name: 101) != nil)
        #expect(complaint(payload: 131_071) != nil)
        #expect(complaint(timeout: 0) != nil)
        #expect(complaint(timeout: 300_001) != nil)
        #expect(complaint(connect: 300_001) != nil)
    }

    @Test func `an answer that is larger than a payload may be is the module's error`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        module.onInvoke = { $0.end(.answered(status: 200, payload: .string(Text(String(repeating: "x", count: 131_071))))) }
        #expect(
            try invoke(bench, "m")
                == .answered(status: 500, payload: ["message": "m answered reset with 131073 bytes; at most 131072 are allowed"]))
    }

    @Test func `thousands of calls are under way at once, each gets its own answer, and they end when the hub does`() throws {
        let bench = try HubBench()
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        var outcomes: [Int: MethodOutcome] = [:]
        for number in 0...HubLimits.methodCalls {
            bench.hub.invoke(module: "m", method: "x", payload: .integer(Int64(number)), timeoutMs: 300_000) { outcomes[number] = $0 }
        }
        bench.run { outcomes.count == 1 }
        #expect(outcomes == [4096: .busy(reason: "4096 calls are under way: no more are taken for now")])
        #expect(bench.hub.methodsUnderWay == 4096)
        // The last first, and one of them twice.
        for call in module.calls.reversed().dropLast() {
            let payload = call.payload
            call.end(.answered(status: 200, payload: payload))
            call.end(.answered(status: 201, payload: "late"))
        }
        bench.run { outcomes.count == 4096 }
        for number in 1..<4096 where outcomes[number] != .answered(status: 200, payload: .integer(Int64(number))) {
            Issue.record("\(number) got another answer")
        }
        bench.hub.close()
        #expect(outcomes[0] == .notFound(reason: "the host ends"))
    }

    @Test func `calls with large payloads that a module does not answer are refused beyond a mebibyte, those of others are not`() throws {
        let bench = try HubBench()
        let (deaf, other) = (NotingModule(), NotingModule())
        _ = bench.attach("deaf", link: deaf)
        _ = bench.attach("other", link: other)
        other.onInvoke = { $0.end(.answered(status: 200, payload: nil)) }
        let large = JSON.string(Text(String(repeating: "x", count: 131_070)))
        for _ in 0..<8 { bench.hub.invoke(module: "deaf", method: "x", payload: large, timeoutMs: 300_000) { _ in } }
        guard case .busy = try invoke(bench, "deaf", "x", large) else {
            Issue.record("a ninth was taken")
            return
        }
        #expect(try invoke(bench, "other", "x", large) == .answered(status: 200, payload: nil))
        // One that is answered makes room for another, and is not held for its payload any longer.
        deaf.calls[0].end(.answered(status: 200, payload: nil))
        #expect(deaf.calls[0].payload == nil)
        deaf.onInvoke = { $0.end(.answered(status: 200, payload: nil)) }
        #expect(try invoke(bench, "deaf", "x", large) == .answered(status: 200, payload: nil))
    }

    @Test func `something that is no module has methods too, now and later, within the time`() throws {
        let bench = try HubBench()
        var kept: MethodCall?
        bench.hub.serveMethods(of: "$edgeAgent") { call in
            if call.method == "ping" { call.end(.answered(status: 200, payload: nil)) } else { kept = call }
        }
        let port = bench.attach("caller", link: NotingModule())
        let outcome: MethodOutcome = try bench.wait {
            port.invoke(module: "$edgeAgent", method: "ping", payload: nil, timeoutMs: 1000, done: $0)
        }
        #expect(outcome == .answered(status: 200, payload: nil))
        #expect(
            try invoke(bench, "$edgeAgent", "x", timeoutMs: 20) == .timedOut(reason: "$edgeAgent did not answer x within 20 ms"))
        kept?.end(.answered(status: 200, payload: nil))
        #expect(
            try invoke(bench, "$edgeHub", "x") == .answered(status: 400, payload: ["message": "$edgeHub has no method \"x\""]))
        #expect(bench.hub.methodTally.counts[MethodTally.Pair(from: "caller", to: "$edgeAgent")] == 1)
        #expect(bench.hub.methodTally.counts[MethodTally.Pair(from: "", to: "$edgeAgent")] == 1)
    }

    @Test func `a call waits for its module, and then for the answer, as long as it may and no longer`() throws {
        let time = FakeTime()
        let bench = try HubBench(time: time)
        var outcomes: [MethodOutcome] = []
        func call(_ module: Text, connectMs: UInt64) {
            bench.hub.invoke(module: module, method: "x", payload: nil, timeoutMs: 1000, connectTimeoutMs: connectMs) {
                outcomes.append($0)
            }
        }
        call("never", connectMs: 3000)
        call("late", connectMs: 300_000)
        time.advance(2999)
        bench.flush()
        #expect(outcomes.isEmpty)
        time.advance(1)
        bench.run { outcomes.count == 1 }
        #expect(outcomes == [.notFound(reason: "never is not running: there is nobody to call")])
        time.advance(296_999)
        let module = NotingModule()
        _ = bench.attach("late", link: module)
        bench.run { module.calls.count == 1 }
        time.advance(999)
        bench.flush()
        #expect(outcomes.count == 1, "its time for the answer began when the module came")
        time.advance(1)
        bench.run { outcomes.count == 2 }
        #expect(outcomes[1] == .timedOut(reason: "late did not answer x within 1000 ms"))
        #expect(time.nextAlarm == nil)
    }

    @Test func `thousands of calls time out each at its own time, by one alarm that is not there when nobody waits`() throws {
        let time = FakeTime()
        let bench = try HubBench(time: time)
        let module = NotingModule()
        _ = bench.attach("m", link: module)
        let start = time.nowMs
        var ended: [(timeout: UInt64, atMs: UInt64)] = []
        var answered = 0
        for number in 0..<4000 {
            let timeout = UInt64.random(in: 1...300_000)
            bench.hub.invoke(module: "m", method: "x", payload: nil, timeoutMs: timeout) { outcome in
                if case .timedOut = outcome { ended.append((timeout: timeout, atMs: time.nowMs - start)) } else { answered += 1 }
            }
            // Every second is answered at once.
            if number % 2 == 0 { module.calls[number].end(.answered(status: 200, payload: nil)) }
        }
        time.advance(300_000) { bench.flush() }
        bench.run { ended.count == 2000 && answered == 2000 }
        #expect(ended.allSatisfy { $0.timeout == $0.atMs })
        #expect(bench.hub.methodsUnderWay == 0)
        #expect(time.nextAlarm == nil)
        #expect(time.calls <= 2001)
    }

    @Test func `pairs of callers and called that are told apart are bounded`() {
        var tally = MethodTally()
        for number in 0..<2000 { tally.count(from: "c\(number)", to: "m") }
        tally.count(from: "c0", to: "m")
        #expect(tally.counts.count == 1025)
        #expect(tally.counts[MethodTally.Pair(from: "c0", to: "m")] == 2)
        #expect(tally.counts[MethodTally.Pair(from: "", to: "")] == 976)
    }
}
