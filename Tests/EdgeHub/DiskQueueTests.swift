import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct DiskQueueTests {
    private func send(_ bench: HubBench, _ port: any HubPort, _ number: UInt8, bytes: Int = 1) throws -> HubError? {
        try bench.wait { port.send(Message(number, bytes: bytes), done: $0) }
    }

    private func stored(_ bench: HubBench, _ endpoint: Text) throws -> [UInt8] {
        let lane = try #require(bench.hub.endpoints.values.first { $0.id.name == endpoint }?.lanes.first { $0.disk != nil })
        let id = try #require(lane.disk?.totals.id)
        let messages: Result<[StoredMessage], HubError> = try bench.wait { bench.store.ask({ $0.read(queue: id, after: 0) }, $0) }
        return try messages.get().map { $0.message?.body.first ?? 0 }
    }

    @Test func `messages for upstream wait on disk, also over a restart`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.route([(from: "a", to: "", input: "")])
            let port = bench.attach("a", link: NotingModule())
            for number in 1...3 as ClosedRange<UInt8> { #expect(try send(bench, port, number) == nil) }
        }
        let bench = try HubBench(folder: folder)
        let queue = try bench.queue("$upstream")
        #expect(queue.length == 3)
        #expect(queue.bytes == 3)
        #expect(queue.persistence == .disk)
        #expect(queue.oldestMs != nil)
        #expect(try stored(bench, "$upstream") == [1, 2, 3])
        bench.route([(from: "a", to: "", input: "")])
        let port = bench.attach("a", link: NotingModule())
        #expect(try send(bench, port, 4) == nil)
        #expect(try stored(bench, "$upstream") == [1, 2, 3, 4])
        #expect(bench.hub.queues().count == 1)
    }

    @Test func `a durable route to a module delivers what waited, also over a restart, and then no more`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder)
            bench.hub.retain(modules: ["b"])
            bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
            let port = bench.attach("a", link: NotingModule())
            for number in 1...100 as ClosedRange<UInt8> { port.send(Message(number), done: nil) }
            bench.flush()
        }
        do {
            let bench = try HubBench(folder: folder)
            let receiver = NotingModule()
            receiver.appetite = 10
            let port = bench.attach("b", link: receiver)
            bench.run { receiver.bodies.count == 10 }
            receiver.appetite = 60
            port.takesMore()
            bench.run { receiver.bodies.count == 60 }
            #expect(receiver.bodies.map { $0[0] } == Array(1...60))
        }
        let bench = try HubBench(folder: folder)
        let receiver = NotingModule()
        let port = bench.attach("b", link: receiver)
        bench.run { receiver.bodies.count == 40 }
        bench.flush()
        #expect(receiver.bodies.map { $0[0] } == Array(61...100))
        #expect(try bench.queue("b/in").length == 0)
        bench.hub.detach(port)
        let next = NotingModule()
        _ = bench.attach("b", link: next)
        bench.flush()
        #expect(next.bodies.isEmpty)
    }

    @Test func `a full disk queue does what its route says`() throws {
        for rule in [FullQueueRule.dropOldest, .dropNewest, .refuse] {
            let bench = try HubBench(limits: HubLimits(diskQueueBytes: 100))
            bench.route([(from: "a", to: "", input: "")], whenFull: rule)
            let port = bench.attach("a", link: NotingModule())
            #expect(try send(bench, port, 1, bytes: 40) == nil)
            #expect(try send(bench, port, 2, bytes: 40) == nil)
            #expect(try send(bench, port, 3, bytes: 40)?.kind == (rule == .refuse ? .full : nil))
            #expect(try send(bench, port, 4, bytes: 101)?.kind == (rule == .dropNewest ? nil : .full))
            #expect(try stored(bench, "$upstream") == (rule == .dropOldest ? [2, 3] : [1, 2]))
            let queue = try bench.queue("$upstream")
            #expect(queue.dropped.full == 2)
            #expect(queue.bytes == 80)
        }
    }

    @Test func `a sender that finds the disk queue full waits until something has left it`() throws {
        let bench = try HubBench(limits: HubLimits(diskQueueBytes: 100))
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk, whenFull: .block)
        let port = bench.attach("a", link: NotingModule())
        var accepted: [UInt8] = []
        for number in 1...4 as ClosedRange<UInt8> {
            port.send(Message(number, bytes: 40)) { if $0 == nil { accepted.append(number) } }
        }
        bench.flush()
        #expect(accepted == [1, 2])
        let receiver = NotingModule()
        _ = bench.attach("b", link: receiver)
        bench.run { accepted.count == 4 && receiver.bodies.count == 4 }
        #expect(receiver.bodies.map { $0[0] } == [1, 2, 3, 4])
        #expect(try bench.queue("b/in").dropped.total == 0)
    }

    @Test func `a burst beyond what one batch holds is stored in order`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "", input: "")], whenFull: .refuse)
        let port = bench.attach("a", link: NotingModule())
        var accepted: [UInt8] = []
        for number in 1...20 as ClosedRange<UInt8> {
            port.send(Message(number, bytes: 200_000)) { if $0 == nil { accepted.append(number) } }
        }
        bench.run { accepted.count == 20 }
        #expect(accepted == Array(1...20))
        #expect(try bench.queue("$upstream").bytes == 4_000_000)
    }

    @Test func `numbers of a queue and its counts survive, and are those of the table`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try HubBench(folder: folder, limits: HubLimits(diskQueueBytes: 100))
            bench.route([(from: "a", to: "", input: "")])
            let port = bench.attach("a", link: NotingModule())
            for number in 1...50 as ClosedRange<UInt8> { port.send(Message(number, bytes: Int(number) % 30 + 1), done: nil) }
            bench.flush()
        }
        let bench = try HubBench(folder: folder, limits: HubLimits(diskQueueBytes: 100))
        let queue = try bench.queue("$upstream")
        let left = try stored(bench, "$upstream")
        #expect(queue.length == left.count)
        #expect(queue.bytes == left.reduce(0) { $0 + Int($1) % 30 + 1 })
        #expect(queue.dropped.full == 50 - UInt64(left.count))
        #expect(left == Array(51 - UInt8(left.count)...50))
    }
}
