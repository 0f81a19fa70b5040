import Dispatch
import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct ExpiryTests {
    private let year2026: Int64 = 1_790_000_000_000

    private func bench(
        _ time: FakeTime, _ folder: TemporaryFolder = TemporaryFolder(), _ persistence: Persistence = .disk, ttl: UInt32 = 10,
        whenFull: FullQueueRule? = nil, limit: Int = 1_000_000
    ) throws -> HubBench {
        let limits = HubLimits(memoryQueueBytes: limit, diskQueueBytes: limit)
        let bench = try HubBench(folder: folder, limits: limits, time: time)
        bench.hub.retain(modules: ["a", "b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: persistence, whenFull: whenFull, ttl: ttl)
        return bench
    }

    @discardableResult
    private func send(_ bench: HubBench, _ numbers: UInt8..., bytes: Int = 1) -> [HubError] {
        var errors: [HubError] = []
        let port = bench.attach("a", link: NotingModule())
        for number in numbers { port.send(Message(number, bytes: bytes)) { if let error = $0 { errors.append(error) } } }
        bench.flush()
        bench.flush()
        bench.hub.detach(port)
        return errors
    }

    private func received(_ bench: HubBench, _ count: Int) -> [UInt8] {
        let module = NotingModule()
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == count }
        bench.flush()
        bench.hub.detach(port)
        return module.bodies.map { $0[0] }
    }

    @Test(arguments: [Persistence.memory, .disk])
    func `what is too old leaves within a second, and is counted`(_ persistence: Persistence) throws {
        let time = FakeTime()
        let bench = try bench(time, TemporaryFolder(), persistence)
        #expect(time.nextAlarm == nil)
        send(bench, 1, 2)
        time.advance(5000) { bench.flush() }
        send(bench, 3)
        time.advance(4999) { bench.flush() }
        #expect(try bench.queue("b/in").length == 3)
        time.advance(1001) { bench.flush() }
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.bytes, queue.dropped.expired) == (1, 1, 2))
        #expect(received(bench, 1) == [3])
        time.advance(20_000) { bench.flush() }
        #expect(time.nextAlarm == nil)
        #expect(try bench.queue("b/in").dropped.expired == 2)
    }

    @Test(arguments: [Persistence.memory, .disk])
    func `nothing that is too old is delivered, also in the second before it leaves`(_ persistence: Persistence) throws {
        let time = FakeTime(nowMs: 1_000_500)
        let bench = try bench(time, TemporaryFolder(), persistence)
        send(bench, 1)
        time.advance(100)
        send(bench, 2)
        time.advance(9900)
        // The first is too old, to the millisecond; the alarm comes half a second later.
        #expect(received(bench, 1) == [2])
        time.advance(2000) { bench.flush() }
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.dropped.expired, queue.delivered) == (0, 1, 1))
    }

    @Test(arguments: [Persistence.memory, .disk], [Int64(-1_700_000_000_000), 1_000_000_000_000])
    func `a jump of the wall clock makes nothing older or younger`(_ persistence: Persistence, _ jump: Int64) throws {
        let time = FakeTime()
        let bench = try bench(time, TemporaryFolder(), persistence)
        send(bench, 1)
        time.wallMs += jump
        send(bench, 2)
        #expect(try bench.queue("b/in").oldestMs == 0)
        time.advance(9999) { bench.flush() }
        #expect(try bench.queue("b/in").length == 2)
        time.advance(1001) { bench.flush() }
        #expect(try bench.queue("b/in").length == 0)
    }

    /// Sends one message, ends the host, and starts it again some seconds later by a right clock, while its own shows another time.
    private func restarted(offSecs: Int64, wallMs: Int64? = nil, first: Int64? = nil) throws -> (HubBench, FakeTime) {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(FakeTime(wallMs: first ?? year2026), folder)
            send(bench, 1)
        }
        let time = FakeTime(nowMs: 77, wallMs: wallMs ?? year2026 + offSecs * 1000)
        return (try bench(time, folder), time)
    }

    @Test func `the time for which the host was off counts`() throws {
        let (young, youngTime) = try restarted(offSecs: 9)
        youngTime.advance(900) { young.flush() }
        #expect(received(young, 1) == [1])
        let (old, _) = try restarted(offSecs: 10)
        let module = NotingModule()
        _ = old.attach("b", link: module)
        old.flush()
        #expect(module.bodies.isEmpty)
        #expect(try old.queue("b/in").dropped.expired == 1)
    }

    @Test func `it does not count where the clock was wrong before, or went back`() throws {
        let (unset, unsetTime) = try restarted(offSecs: 1000, first: 30_000)
        unsetTime.advance(9000) { unset.flush() }
        #expect(received(unset, 1) == [1])
        let (back, _) = try restarted(offSecs: -1000)
        #expect(received(back, 1) == [1])
    }

    @Test func `where the clock is set after the start, what came before the start is too old from then on, and what came since is not`()
        throws
    {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(FakeTime(), folder)
            send(bench, 1)
        }
        let time = FakeTime(nowMs: 77, wallMs: 30_000)
        do {
            let bench = try bench(time, folder)
            send(bench, 2)
            time.advance(2000) { bench.flush() }
            #expect(try bench.queue("b/in").length == 2)
            time.wallMs = year2026 + 3_600_000
            send(bench, 3)
            bench.flush()
            time.advance(1000) { bench.flush() }
            #expect(try bench.queue("b/in").length == 2)
            #expect(try bench.queue("b/in").dropped.expired == 1)
        }
        // Message 2 came 3 s ago, also over this restart.
        let bench = try bench(FakeTime(nowMs: 5, wallMs: time.wallMs + 6900), folder)
        #expect(received(bench, 2) == [2, 3])
    }

    @Test func `time off that became known late counts over the next start, too`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(FakeTime(), folder, ttl: 7200)
            send(bench, 1)
        }
        do {
            let time = FakeTime(nowMs: 77, wallMs: 30_000)
            let bench = try bench(time, folder, ttl: 7200)
            time.wallMs = year2026 + 3_600_000
            send(bench, 2)
        }
        let bench = try bench(FakeTime(nowMs: 5, wallMs: year2026 + 7_201_000), folder, ttl: 7200)
        #expect(received(bench, 1) == [2])
    }

    @Test func `what an instance had when the clock was set is no older for it when the instance gives it back`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(FakeTime(), folder)
            send(bench, 9)
            #expect(received(bench, 1) == [9])
        }
        let time = FakeTime(nowMs: 77, wallMs: 30_000)
        let bench = try bench(time, folder)
        send(bench, 1, 2)
        let module = NotingModule()
        module.takesAtOnce = false
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == 2 }
        time.wallMs = year2026 + 3_600_000
        send(bench, 3)
        bench.flush()
        bench.hub.detach(port)
        #expect(received(bench, 3) == [1, 2, 3])
    }

    @Test func `what becomes too old while others leave the disk waits for the next second, as flash wears out`() throws {
        let time = FakeTime()
        let bench = try bench(time)
        send(bench, 1)
        time.advance(1)
        send(bench, 2)
        time.advance(9998)
        let gate = DispatchSemaphore(value: 0)
        bench.store.thread.run({ gate.wait() }, then: {})
        time.advance(1)
        bench.loop.runOnce(wait: false)
        #expect(bench.hub.isCommitting)
        time.advance(1)
        gate.signal()
        bench.flush()
        bench.flush()
        #expect(try bench.queue("b/in").length == 1)
        time.advance(999) { bench.flush() }
        #expect(try bench.queue("b/in").length == 0)
    }

    @Test(arguments: [FullQueueRule.refuse, .dropNewest, .dropOldest], [Persistence.memory, .disk])
    func `in a full queue what is too old makes room before its rule is applied`(_ rule: FullQueueRule, _ persistence: Persistence) throws {
        let time = FakeTime(nowMs: 1_000_500)
        let bench = try bench(time, TemporaryFolder(), persistence, whenFull: rule, limit: 100)
        send(bench, 1, 2, bytes: 40)
        // The alarm comes half a second later.
        time.advance(10_000)
        #expect(send(bench, 3, 4, bytes: 40).isEmpty)
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.dropped.expired, queue.dropped.full) == (2, 2, 0))
        #expect(received(bench, 2) == [3, 4])
    }

    @Test func `messages of different times in one queue each leave at theirs`() throws {
        let time = FakeTime()
        let bench = try HubBench(time: time)
        bench.hub.retain(modules: ["b"])
        for (from, secs) in [("long", 100), ("short", 10), ("never", 0)] as [(Text, UInt32)] {
            for (index, number) in (1...3 as ClosedRange<UInt8>).enumerated() {
                bench.hub.apply(
                    routes: [
                        RouteSpecification(
                            name: "r", route: Route(source: RouteSource("/messages/*"), sink: .module(name: "b", input: "in")),
                            timeToLiveSecs: secs == 0 ? nil : secs, persistence: .disk)
                    ], timeToLiveSecs: 0)
                let port = bench.attach(from, link: NotingModule())
                port.send(Message(number + UInt8(secs)), done: nil)
                bench.flush()
                #expect(index < 3)
            }
        }
        time.advance(11_000) { bench.flush() }
        #expect(try bench.queue("b/in").length == 6)
        time.advance(90_000) { bench.flush() }
        #expect(try bench.queue("b/in").length == 3)
        #expect(time.nextAlarm == nil)
        #expect(received(bench, 3) == [1, 2, 3])
    }

    @Test func `a million seconds later many messages that are too old leave in pieces`() throws {
        let time = FakeTime()
        let bench = try bench(time, ttl: 10, limit: 10_000_000)
        let port = bench.attach("a", link: NotingModule())
        for round in 0..<3 {
            for number in 0..<7000 { port.send(Message(UInt8(truncatingIfNeeded: number), bytes: round + 1), done: nil) }
            bench.flush()
        }
        #expect(try bench.queue("b/in").length == 21_000)
        time.advance(1_000_000_000) { bench.flush() }
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.bytes, queue.dropped.expired) == (0, 0, 21_000))
        #expect(time.nextAlarm == nil)
    }

    @Test func `while the disk fails, what is too old is not delivered, and leaves later`() throws {
        let time = FakeTime()
        let bench = try bench(time)
        send(bench, 1)
        bench.execute("PRAGMA query_only = 1")
        time.advance(11_000) { bench.flush() }
        #expect(try bench.queue("b/in").length == 1)
        let calls = time.calls
        time.advance(100_000) { bench.flush() }
        #expect(time.calls - calls < 3)
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        bench.flush()
        bench.execute("PRAGMA query_only = 0")
        send(bench, 2)
        bench.run { module.bodies.count == 1 }
        bench.flush()
        #expect(module.bodies == [[2]])
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.dropped.expired) == (0, 1))
    }
}
