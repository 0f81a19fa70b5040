import Dispatch
import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct RemovalTests {
    private func send(_ bench: HubBench, _ count: Int) {
        let port = bench.attach("a", link: NotingModule())
        for _ in 0..<count { port.send(Message(1), done: nil) }
        bench.flush()
        bench.hub.detach(port)
    }

    /// Rows of a table, as they are on disk.
    private func rows(_ bench: HubBench, _ table: Text) throws -> Int64 {
        let count: Result<Int64, HubError> = try bench.wait { done in
            bench.store.ask(
                { database in
                    guard let rows = try? database.database.prepare("SELECT count(*) FROM \(table)"), (try? rows.step()) == true else {
                        return .success(-1)
                    }
                    return .success(rows.integer(0))
                }, done)
        }
        return try count.get()
    }

    @Test(arguments: [Persistence.memory, .disk])
    func `when the last route to an input goes, its queue goes too, and the log says how many messages`(_ persistence: Persistence) throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["a", "b", "c"])
        bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "c", input: "in")], persistence: persistence)
        send(bench, 3)
        bench.route([(from: "a", to: "c", input: "in")], persistence: persistence)
        bench.flush()
        #expect(bench.hub.queues().map(\.endpoint) == ["c/in"])
        let place = persistence == .disk ? "on disk" : "in memory"
        #expect(
            bench.lines == [
                "no route leads to b/in any more: the 3 messages of its queue \(place), priority 2000000000, are dropped" as Text
            ])
        #expect(try rows(bench, "messages") == (persistence == .disk ? 3 : 0))
        #expect(try rows(bench, "queues") == (persistence == .disk ? 1 : 0))
        // The same route again begins with an empty queue.
        bench.route([(from: "a", to: "b", input: "in")], persistence: persistence)
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        send(bench, 1)
        bench.run { module.bodies.count == 1 }
    }

    @Test func `a queue that is found on disk without a route is dropped with the first routes, a piece at a time`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.route([(from: "a", to: "", input: "")])
            send(bench, 9000)
            send(bench, 9000)
        }
        do {
            let bench = try HubBench(folder: folder)
            #expect(try bench.queue("$upstream").length == 18_000)
            bench.route([])
            #expect(bench.lines.count == 1)
            #expect(bench.lines.first.map { $0.string.contains("the 18000 messages of its queue on disk") } == true)
            bench.flush()
            #expect(try rows(bench, "messages") == 0)
            #expect(try rows(bench, "queues") == 0)
        }
        #expect(try HubBench(folder: folder).hub.queues().isEmpty)
    }

    @Test func `a queue of another priority or kind is emptied as long as a route leads to its input, and then goes`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        send(bench, 2)
        bench.route([(from: "a", to: "b", input: "in")], persistence: .memory)
        send(bench, 2)
        #expect(bench.hub.queues().map(\.length) == [2, 2])
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        bench.run { module.bodies.count == 4 }
        bench.flush()
        bench.route([(from: "a", to: "b", input: "in")], persistence: .memory)
        bench.flush()
        #expect(bench.hub.queues().map(\.persistence) == [.memory])
        #expect(try rows(bench, "queues") == 0)
        #expect(bench.lines.isEmpty)
    }

    @Test func `what the operator sends needs no route`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["b"])
        let sent: HubError? = try bench.wait { bench.hub.sendToInput(module: "b", input: "in", message: Message(1), done: $0) }
        #expect(sent == nil)
        bench.route([(from: "a", to: "b", input: "other")])
        bench.route([])
        #expect(try bench.queue("b/in").length == 1)
    }

    @Test func `senders that wait for room in a queue that goes are told that it is done`() throws {
        let bench = try HubBench(limits: HubLimits(memoryQueueBytes: 100, diskQueueBytes: 100))
        bench.hub.retain(modules: ["b"])
        for persistence in [Persistence.memory, .disk] {
            bench.route([(from: "a", to: "b", input: "in")], persistence: persistence, whenFull: .block)
            let port = bench.attach("a", link: NotingModule())
            var done = 0
            for number in 1...4 as ClosedRange<UInt8> { port.send(Message(number, bytes: 40)) { _ in done += 1 } }
            bench.flush()
            #expect(done == 2)
            bench.route([])
            bench.run { done == 4 }
        }
    }

    @Test func `where a queue goes whose messages are on their way to a disk that fails, others have all the room`() throws {
        let bench = try HubBench(limits: HubLimits(diskQueueBytes: 1000))
        bench.hub.retain(modules: ["a", "b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        let port = bench.attach("a", link: NotingModule())
        bench.flush()
        bench.execute("PRAGMA query_only = 1")
        let gate = DispatchSemaphore(value: 0)
        bench.store.thread.run({ gate.wait() }, then: {})
        for number in 1...8 as ClosedRange<UInt8> { port.send(Message(number, bytes: 100), done: nil) }
        bench.loop.runOnce(wait: false)
        #expect(bench.hub.isCommitting)
        bench.hub.apply(routes: [], timeToLiveSecs: 0)
        gate.signal()
        bench.flush()
        #expect(bench.hub.diskPool.most(for: QueueUsage()).bytes == 1000)
        bench.execute("PRAGMA query_only = 0")
    }

    @Test func `rows that are damaged end nothing`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.retain(modules: ["b"])
            bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "", input: "")], persistence: .disk)
            send(bench, 5)
            bench.execute("UPDATE messages SET bytes = CASE key % 3 WHEN 0 THEN -9223372036854775808 ELSE 9223372036854775807 END")
            bench.execute("UPDATE messages SET expires = 'soon', ticks = -1, enqueued = 9223372036854775807 WHERE key % 2 = 0")
            bench.execute("UPDATE messages SET body = x'00' WHERE key % 5 = 0")
            bench.execute(
                """
                UPDATE queues SET length = 9223372036854775807, bytes = -5, last_sequence = -1, next_expiry = -9223372036854775808,
                    priority = 9223372036854775807, ticks = 9223372036854775807, wall = 9223372036854775807, dropped_full = -1
                """)
            bench.flush()
        }
        let bench = try HubBench(folder: folder)
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "", input: "")], persistence: .disk)
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        send(bench, 5)
        bench.run { module.bodies.count >= 5 }
        bench.flush()
        bench.run {
            bench.flush()
            return bench.hub.queues().filter { $0.endpoint == "b/in" }.allSatisfy { $0.length == 0 && $0.bytes == 0 }
        }
    }
}
