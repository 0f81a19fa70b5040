import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

@Suite struct ReceiptTests {
    private func bench(_ folder: TemporaryFolder = TemporaryFolder(), time: FakeTime? = nil) throws -> HubBench {
        let bench = try HubBench(folder: folder, time: time)
        bench.hub.retain(modules: ["a", "b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        return bench
    }

    private func send(_ bench: HubBench, _ numbers: ClosedRange<UInt8>, bytes: Int = 1) {
        let port = bench.attach("a", link: NotingModule())
        for number in numbers { port.send(Message(number, bytes: bytes), done: nil) }
        bench.flush()
        bench.hub.detach(port)
    }

    private func numbers(_ module: NotingModule) -> [UInt8] { module.bodies.map { $0[0] } }

    @Test func `a message stays on disk until the instance has taken it`() throws {
        let folder = TemporaryFolder()
        do {
            let bench = try bench(folder)
            send(bench, 1...5)
            let module = NotingModule()
            module.takesAtOnce = false
            let port = bench.attach("b", link: module)
            bench.run { module.bodies.count == 5 }
            #expect(Set(module.receipts).count == 5 && !module.receipts.contains(0))
            bench.flush()
            #expect(try bench.queue("b/in").length == 5)
            for index in [3, 0, 3] { port.took(module.receipts[index]) }
            bench.flush()
            #expect(try bench.queue("b/in").length == 3)
        }
        let bench = try bench(folder)
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        bench.run { module.bodies.count == 3 }
        #expect(numbers(module) == [2, 3, 5])
    }

    @Test func `what an instance has not taken when it ends is for the next one, in order, before what came later`() throws {
        let bench = try bench()
        send(bench, 1...6)
        let first = NotingModule()
        (first.takesAtOnce, first.appetite) = (false, 4)
        let firstPort = bench.attach("b", link: first)
        bench.run { first.bodies.count == 4 }
        firstPort.took(first.receipts[1])
        bench.hub.detach(firstPort)
        send(bench, 7...7)
        // It comes too late.
        firstPort.took(first.receipts[0])
        let second = NotingModule()
        (second.takesAtOnce, second.appetite) = (false, 1)
        let secondPort = bench.attach("b", link: second)
        bench.run { second.bodies.count == 1 }
        bench.hub.detach(secondPort)
        let third = NotingModule()
        _ = bench.attach("b", link: third)
        bench.run { third.bodies.count == 6 }
        #expect(numbers(second) == [1])
        #expect(numbers(third) == [1, 3, 4, 5, 6, 7])
        bench.flush()
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.delivered) == (0, 7))
    }

    @Test func `the count of what was delivered never falls`() throws {
        let bench = try bench()
        send(bench, 1...4)
        let module = NotingModule()
        module.takesAtOnce = false
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == 4 }
        #expect(try bench.queue("b/in").delivered == 0)
        port.took(module.receipts[0])
        #expect(try bench.queue("b/in").delivered == 1)
        bench.hub.detach(port)
        #expect(try bench.queue("b/in").delivered == 1)
    }

    @Test func `an instance that takes nothing has so many and no more, and goes on when it takes`() throws {
        let bench = try bench()
        for _ in 1...3 { send(bench, 0...199) }
        let module = NotingModule()
        module.takesAtOnce = false
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == 256 }
        bench.flush()
        bench.loop.runOnce(wait: false)
        #expect(module.bodies.count == 256)
        // What is in memory still comes.
        let sent: HubError? = try bench.wait { bench.hub.sendToInput(module: "b", input: "in", message: Message(250), done: $0) }
        #expect(sent == nil)
        bench.run { module.bodies.count == 257 }
        #expect(module.bodies.last == [250])
        var taken = 0
        bench.run {
            while taken < module.receipts.count {
                port.took(module.receipts[taken])
                taken += 1
            }
            return taken == 600
        }
        #expect(numbers(module).filter { $0 != 250 } == Array(0...199) + Array(0...199) + Array(0...199))
        bench.flush()
        #expect(try bench.queue("b/in").length == 0)
    }

    @Test func `an instance has at most 256 KB that it has not taken`() throws {
        let bench = try bench()
        send(bench, 1...6, bytes: 100_000)
        let module = NotingModule()
        module.takesAtOnce = false
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == 3 }
        bench.flush()
        bench.loop.runOnce(wait: false)
        #expect(module.bodies.count == 3)
        for index in 0..<3 { port.took(module.receipts[index]) }
        bench.run { module.bodies.count == 6 }
    }

    @Test func `messages in memory have no receipt`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "b", input: "in")])
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        send(bench, 1...2)
        bench.run { module.bodies.count == 2 }
        #expect(module.deliveries.map(\.receipt) == [0, 0])
        #expect(try bench.queue("b/in").delivered == 2)
    }

    @Test func `messages that leave the disk alone wait for company, a quarter of a second at most`() throws {
        let time = FakeTime()
        let bench = try bench(time: time)
        send(bench, 1...3)
        let module = NotingModule()
        module.takesAtOnce = false
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == 3 }
        bench.flush()
        #expect(time.nextAlarm == nil)
        for receipt in module.receipts { port.took(receipt) }
        for _ in 0..<3 { bench.loop.runOnce(wait: false) }
        #expect(!bench.hub.isCommitting)
        #expect(time.nextAlarm == time.nowMs + 250)
        #expect(try bench.queue("b/in").length == 3)
        time.advance(249)
        bench.loop.runOnce(wait: false)
        #expect(!bench.hub.isCommitting)
        time.advance(1)
        bench.run { (try? bench.queue("b/in").length) == 0 }
        #expect(time.nextAlarm == nil)
    }

    @Test func `the disk may fail while messages leave it: they are not delivered again, and leave it later`() throws {
        let bench = try bench()
        send(bench, 1...3)
        bench.execute("PRAGMA query_only = 1")
        let module = NotingModule()
        _ = bench.attach("b", link: module)
        bench.run { module.bodies.count == 3 }
        bench.flush()
        bench.flush()
        #expect(try bench.queue("b/in").length == 3)
        bench.execute("PRAGMA query_only = 0")
        send(bench, 4...4)
        bench.run { module.bodies.count == 4 }
        bench.flush()
        #expect(numbers(module) == [1, 2, 3, 4])
        #expect(try bench.queue("b/in").length == 0)
    }

    @Test func `a queue that is full drops what waits, not what the instance has`() throws {
        let bench = try HubBench(limits: HubLimits(diskQueueBytes: 100))
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        let module = NotingModule()
        (module.takesAtOnce, module.appetite) = (false, 1)
        let port = bench.attach("b", link: module)
        for number in 1...9 as ClosedRange<UInt8> { send(bench, number...number, bytes: 40) }
        #expect(numbers(module) == [1])
        #expect(try bench.queue("b/in").dropped.full == 7)
        bench.hub.detach(port)
        let next = NotingModule()
        _ = bench.attach("b", link: next)
        bench.run { next.bodies.count == 2 }
        #expect(numbers(next) == [1, 9])
    }
}
