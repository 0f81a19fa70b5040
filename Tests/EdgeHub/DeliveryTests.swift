import JSON
import Messages
import ModuleLinks
import Testing
import UV

@testable import EdgeHub

@Suite struct DeliveryTests {
    @Test func `a message goes to the input its route names, under the name of its sender`() throws {
        let bench = try HubBench()
        let (sender, receiver) = (NotingModule(), NotingModule())
        bench.route([(from: "a", to: "b", input: "readings")])
        let port = bench.attach("a", link: sender)
        _ = bench.attach("b", link: receiver)
        var senders: [Text] = []
        receiver.onDeliver = { senders.append($0.module) }
        port.send(Message(module: "forged", output: "out", body: [1]), done: nil)
        #expect(receiver.bodies.isEmpty)
        bench.run { receiver.bodies.count == 1 }
        #expect(receiver.inputs == ["readings"])
        #expect(senders == ["a"])
        #expect(sender.bodies.isEmpty)
    }

    @Test func `a message that no route selects is counted and acknowledged`() throws {
        let bench = try HubBench()
        let port = bench.attach("a", link: NotingModule())
        let error: HubError? = try bench.wait { port.send(Message(1), done: $0) }
        #expect(error == nil)
        #expect(bench.hub.droppedWithoutRoute == 1)
    }

    @Test func `several routes to one input deliver once`() throws {
        let bench = try HubBench()
        let receiver = NotingModule()
        bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "b", input: "in"), (from: "a", to: "b", input: "other")])
        let port = bench.attach("a", link: NotingModule())
        _ = bench.attach("b", link: receiver)
        port.send(Message(1), done: nil)
        bench.run { receiver.bodies.count == 2 }
        bench.loop.runOnce(wait: false)
        #expect(Set(receiver.inputs) == ["in", "other"])
    }

    @Test func `new routes count for the next message, also where outputs are remembered`() throws {
        let bench = try HubBench()
        let (b, c) = (NotingModule(), NotingModule())
        let port = bench.attach("a", link: NotingModule())
        _ = bench.attach("b", link: b)
        _ = bench.attach("c", link: c)
        bench.route([(from: "a", to: "b", input: "in")])
        port.send(Message(1), done: nil)
        bench.run { b.bodies.count == 1 }
        bench.route([(from: "a", to: "c", input: "in")])
        port.send(Message(2), done: nil)
        bench.run { b.bodies.count == 1 && c.bodies.count == 1 }
        #expect(b.bodies == [[1]])
        #expect(c.bodies == [[2]])
    }

    @Test func `messages wait for a module that is not there, and are dropped when it leaves the deployment`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["a", "b"])
        bench.route([(from: "a", to: "b", input: "in")])
        let port = bench.attach("a", link: NotingModule())
        for number in 1...3 as ClosedRange<UInt8> { port.send(Message(number), done: nil) }
        let first = NotingModule()
        let firstPort = bench.attach("b", link: first)
        bench.run { first.bodies.count == 3 }
        #expect(first.bodies == [[1], [2], [3]])
        bench.hub.detach(firstPort)
        port.send(Message(4), done: nil)
        #expect(try bench.queue("b/in").length == 1)
        let second = NotingModule()
        second.appetite = 0
        let secondPort = bench.attach("b", link: second)
        bench.run { second.bodies.count == 1 }
        port.send(Message(5), done: nil)
        bench.hub.retain(modules: ["a"])
        #expect(try bench.queue("b/in").length == 1)
        bench.hub.detach(secondPort)
        #expect(try bench.queue("b/in").length == 0)
        #expect(bench.lines.contains { $0 == "b is no longer deployed: 1 messages that waited for it are dropped" })
    }

    @Test func `a receiver that takes no more hurts nobody else, and goes on where it stopped`() throws {
        let bench = try HubBench()
        let (slow, fast) = (NotingModule(), NotingModule())
        slow.appetite = 1
        bench.route([(from: "a", to: "slow", input: "in"), (from: "a", to: "fast", input: "in")])
        let port = bench.attach("a", link: NotingModule())
        let slowPort = bench.attach("slow", link: slow)
        _ = bench.attach("fast", link: fast)
        for number in 1...100 as ClosedRange<UInt8> { port.send(Message(number), done: nil) }
        bench.run { fast.bodies.count == 100 }
        #expect(slow.bodies == [[1]])
        slow.appetite = Int.max
        slowPort.takesMore()
        bench.run { slow.bodies.count == 100 }
        #expect(slow.bodies == fast.bodies)
    }

    @Test func `endpoints take turns: a long queue does not hold up a short one`() throws {
        let bench = try HubBench()
        let (flooded, quiet) = (NotingModule(), NotingModule())
        bench.hub.retain(modules: ["flooded", "quiet"])
        bench.route([(from: "a", to: "flooded", input: "in"), (from: "b", to: "quiet", input: "in")])
        let (a, b) = (bench.attach("a", link: NotingModule()), bench.attach("b", link: NotingModule()))
        _ = bench.attach("flooded", link: flooded)
        _ = bench.attach("quiet", link: quiet)
        for _ in 0..<1000 { a.send(Message(1), done: nil) }
        b.send(Message(2), done: nil)
        var before = 0
        quiet.onDeliver = { _ in before = flooded.bodies.count }
        bench.run { flooded.bodies.count == 1000 && quiet.bodies.count == 1 }
        #expect(before > 0 && before <= 256)
    }

    @Test func `modules that answer each other from inside their callbacks do not keep others from their turn`() throws {
        let bench = try HubBench()
        let (ping, pong, third) = (NotingModule(), NotingModule(), NotingModule())
        bench.route([
            (from: "ping", to: "pong", input: "in"), (from: "pong", to: "ping", input: "in"), (from: "x", to: "third", input: "in"),
        ])
        let pingPort = bench.attach("ping", link: ping)
        let pongPort = bench.attach("pong", link: pong)
        _ = bench.attach("third", link: third)
        let x = bench.attach("x", link: NotingModule())
        ping.onDeliver = { _ in pingPort.send(Message(1), done: nil) }
        pong.onDeliver = { _ in pongPort.send(Message(1), done: nil) }
        pingPort.send(Message(1), done: nil)
        bench.run { ping.bodies.count > 100 }
        x.send(Message(2), done: nil)
        bench.run { third.bodies.count == 1 }
        ping.onDeliver = { _ in }
        pong.onDeliver = { _ in }
    }

    @Test func `an instance that is cut off inside a delivery gets nothing more`() throws {
        let bench = try HubBench()
        let receiver = NotingModule()
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")])
        let port = bench.attach("a", link: NotingModule())
        let receiverPort = bench.attach("b", link: receiver)
        receiver.onDeliver = { _ in bench.hub.detach(receiverPort) }
        for number in 1...3 as ClosedRange<UInt8> { port.send(Message(number), done: nil) }
        bench.run { receiver.bodies.count == 1 }
        bench.flush()
        #expect(receiver.bodies == [[1]])
        let next = NotingModule()
        _ = bench.attach("b", link: next)
        bench.run { next.bodies.count == 2 }
        #expect(next.bodies == [[2], [3]])
    }

    @Test func `the port of an instance that has ended is dead`() throws {
        let bench = try HubBench()
        let receiver = NotingModule()
        bench.route([(from: "a", to: "b", input: "in")])
        let old = bench.attach("a", link: NotingModule())
        _ = bench.attach("b", link: receiver)
        var isAnswered = false
        old.report(["x": 1]) { _ in isAnswered = true }
        bench.hub.detach(old)
        let new = bench.attach("a", link: NotingModule())
        let error: HubError? = try bench.wait { old.send(Message(1), done: $0) }
        #expect(error?.kind == .notFound)
        new.send(Message(2), done: nil)
        bench.run { receiver.bodies.count == 1 }
        bench.flush()
        #expect(receiver.bodies == [[2]])
        #expect(!isAnswered)
        // Detaching the old one again does not touch the new one.
        bench.hub.detach(old)
        #expect(bench.hub.isAttached("a"))
    }

    @Test func `a full queue in memory does what its route says`() throws {
        let limits = HubLimits(memoryQueueBytes: 100)
        for rule in [FullQueueRule.dropOldest, .dropNewest, .refuse, .block] {
            let bench = try HubBench(limits: limits)
            bench.hub.retain(modules: ["b"])
            bench.route([(from: "a", to: "b", input: "in")], whenFull: rule)
            let port = bench.attach("a", link: NotingModule())
            var errors: [UInt8: HubError?] = [:]
            for number in 1...3 as ClosedRange<UInt8> {
                port.send(Message(number, bytes: 40)) { errors.updateValue($0, forKey: number) }
            }
            bench.run { errors.count == (rule == .block ? 2 : 3) }
            #expect((errors[3] ?? nil)?.kind == (rule == .refuse ? .full : nil))
            #expect(try bench.queue("b/in").dropped.full == (rule == .block ? 0 : 1))
            let receiver = NotingModule()
            _ = bench.attach("b", link: receiver)
            bench.run { errors.count == 3 && receiver.bodies.count >= 2 }
            bench.loop.runOnce(wait: false)
            let expected: [UInt8] = rule == .dropOldest ? [2, 3] : rule == .block ? [1, 2, 3] : [1, 2]
            #expect(receiver.bodies.map { $0[0] } == expected)
        }
    }

    @Test func `a message over 256 KB is refused`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "b", input: "in")])
        let port = bench.attach("a", link: NotingModule())
        let error: HubError? = try bench.wait { port.send(Message(1, bytes: 262_145), done: $0) }
        #expect(error?.kind == .tooLarge)
        port.send(Message(1, bytes: 262_145), done: nil)
        port.send(Message(1, bytes: 262_145), done: nil)
        #expect(bench.lines.count == 1)
    }

    @Test func `what a message may hold is the same for every sender, so nobody forges who sent it`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["b"])
        bench.route([(from: "a", to: "b", input: "in")])
        let port = bench.attach("a", link: NotingModule())
        let oneNameTwice = [MessageProperty(name: "k", value: ""), MessageProperty(name: "K", value: "")]
        let bad = [
            Message(module: "", output: "a/b", body: []), Message(module: "", output: "", body: [], properties: oneNameTwice),
            Message(module: "", output: "", body: [], systemProperties: [MessageProperty(name: "connectionDeviceId", value: "other")]),
        ]
        for message in bad {
            let error: HubError? = try bench.wait { port.send(message, done: $0) }
            #expect(error?.kind == .invalid)
            let operators: HubError? = try bench.wait { bench.hub.sendToInput(module: "b", input: "in", message: message, done: $0) }
            #expect(operators?.kind == .invalid)
        }
        let input: HubError? = try bench.wait { bench.hub.sendToInput(module: "b", input: "a/b", message: Message(1), done: $0) }
        #expect(input?.kind == .invalid)
        #expect(bench.hub.queues().allSatisfy { $0.length == 0 })
    }

    @Test func `the lowest priority number comes first, what is in memory before what is on disk`() throws {
        let endpoint = Endpoint(id: .input(module: "m", input: "i"), consumer: nil)
        let last = RoutingTable.lastPriority
        for (priority, isOnDisk) in [(last, true), (9, true), (last, false), (0, false), (9, false)] {
            let disk = isOnDisk ? DiskQueue(QueueTotals(id: 1, endpoint: "m/i", priority: priority)) : nil
            endpoint.add(
                Lane(endpoint: endpoint.id, priority: priority, inbox: Inbox(limit: 1, acceptsWhenTaken: true), disk: disk))
        }
        #expect(endpoint.lanes.map(\.priority) == [0, 9, 9, last, last])
        #expect(endpoint.lanes.map { $0.disk != nil } == [false, false, true, false, true])
    }

    @Test func `the operator sends to an input of a module that is deployed`() throws {
        let bench = try HubBench()
        bench.hub.retain(modules: ["b"])
        let accepted: HubError? = try bench.wait {
            bench.hub.sendToInput(module: "b", input: "in", message: Message(1), done: $0)
        }
        #expect(accepted == nil)
        let receiver = NotingModule()
        _ = bench.attach("b", link: receiver)
        bench.run { receiver.bodies == [[1]] }
        let absent: HubError? = try bench.wait {
            bench.hub.sendToInput(module: "nobody", input: "in", message: Message(1), done: $0)
        }
        #expect(absent?.kind == .notFound)
    }

    @Test func `a monitor sees what goes upstream, or an output, until it ends`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "", input: "")])
        let (a, b) = (bench.attach("a", link: NotingModule()), bench.attach("b", link: NotingModule()))
        var (upstream, output): ([UInt8], [UInt8]) = ([], [])
        let token = bench.hub.monitor(.upstream) { upstream.append($0.body[0]) }
        _ = bench.hub.monitor(.module("b", output: "out")) { output.append($0.body[0]) }
        a.send(Message(1), done: nil)
        b.send(Message(2), done: nil)
        b.send(Message(3, output: "else"), done: nil)
        bench.hub.endMonitor(token)
        a.send(Message(4), done: nil)
        #expect(upstream == [1])
        #expect(output == [2])
    }

    @Test func `an idle hub leaves nothing in the loop`() throws {
        let bench = try HubBench()
        bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "", input: "")])
        let port = bench.attach("a", link: NotingModule())
        let receiver = NotingModule()
        receiver.onInvoke = { $0.end(.answered(status: 200, payload: nil)) }
        _ = bench.attach("b", link: receiver)
        let error: HubError? = try bench.wait { port.send(Message(1), done: $0) }
        #expect(error == nil)
        let outcome: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "b", method: "m", payload: nil, timeoutMs: 1000, done: $0)
        }
        #expect(outcome == .answered(status: 200, payload: nil))
        bench.flush()
        while bench.loop.runOnce(wait: false) && !receiver.bodies.isEmpty { receiver.bodies = [] }
        #expect(!bench.loop.runOnce(wait: false))
    }

    @Test func `a hub that is closed is released, with everything that came to it`() throws {
        weak var hub: EdgeHub?
        weak var module: NotingModule?
        do {
            let bench = try HubBench()
            let link = NotingModule()
            link.appetite = 1
            (hub, module) = (bench.hub, link)
            bench.hub.retain(modules: ["a"])
            bench.route([(from: "a", to: "a", input: "in"), (from: "a", to: "", input: "")])
            let port = bench.attach("a", link: link)
            for number in 1...5 as ClosedRange<UInt8> { port.send(Message(number), done: nil) }
            bench.hub.invoke(module: "a", method: "x", payload: nil, timeoutMs: 100_000) { _ in }
            bench.hub.invoke(module: "b", method: "x", payload: nil, timeoutMs: 1000, connectTimeoutMs: 100_000) { _ in }
            bench.run { link.bodies.count == 1 }
            port.report(["x": 1], done: nil)
        }
        #expect(hub == nil)
        #expect(module == nil)
    }
}
