import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import EdgeHub

/// Links of clients: what they take, and what is delivered again.
@Suite struct ClientLinkTests {
    private func bench(_ persistence: Persistence = .memory, ttl: UInt32 = 0, time: FakeTime? = nil) throws -> HubBench {
        let bench = try HubBench(time: time)
        bench.hub.retain(modules: ["a", "b"])
        bench.route([(from: "a", to: "b", input: "in")], persistence: persistence, ttl: ttl)
        return bench
    }

    private func send(_ bench: HubBench, _ numbers: ClosedRange<UInt8>, bytes: Int = 1) {
        let port = bench.attach("a", link: NotingModule())
        for number in numbers { port.send(Message(number, bytes: bytes), done: nil) }
        bench.flush()
        bench.hub.detach(port)
    }

    private func client(acknowledges: Bool = true) -> NotingModule {
        let module = NotingModule()
        (module.acknowledges, module.takesAtOnce) = (acknowledges, false)
        return module
    }

    private func numbers(_ module: NotingModule) -> [UInt8] { module.bodies.map { $0[0] } }

    // MARK: - Receipts

    @Test(arguments: [Persistence.memory, .disk])
    func `what a client has not taken comes again first, in order, and with its receipts`(persistence: Persistence) throws {
        let bench = try bench(persistence)
        send(bench, 1...5)
        let first = client()
        let firstPort = bench.attach("b", link: first)
        bench.run { first.bodies.count == 5 }
        #expect(Set(first.receipts).count == 5 && !first.receipts.contains(0))
        for index in [1, 3] { firstPort.took(first.receipts[index]) }
        bench.hub.detach(firstPort)
        send(bench, 6...7)
        bench.flush()
        #expect(try bench.queue("b/in").length == 5)

        // It takes the first two and goes.
        let second = client()
        second.appetite = 2
        let secondPort = bench.attach("b", link: second)
        bench.run { second.bodies.count == 2 }
        #expect(numbers(second) == [1, 3])
        #expect(second.receipts == [first.receipts[0], first.receipts[2]])
        secondPort.took(second.receipts[0])
        bench.hub.detach(secondPort)

        let third = client()
        let thirdPort = bench.attach("b", link: third)
        bench.run { third.bodies.count == 4 }
        #expect(numbers(third) == [3, 5, 6, 7])
        #expect(Array(third.receipts[..<2]) == [first.receipts[2], first.receipts[4]])
        #expect(Set(first.receipts + third.receipts).count == 7)
        for receipt in third.receipts { thirdPort.took(receipt) }
        bench.flush()
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.bytes, queue.delivered) == (0, 0, 7))
    }

    @Test func `a client is given no more than 256 messages that it has not taken`() throws {
        let bench = try bench()
        send(bench, 1...200)
        send(bench, 1...200)
        let module = client()
        let port = bench.attach("b", link: module)
        bench.run { module.bodies.count == Outbox.mostMessages }
        bench.flush()
        #expect(module.bodies.count == 256)
        #expect(try bench.queue("b/in").length == 144)
        for receipt in module.receipts { port.took(receipt) }
        bench.run { module.bodies.count == 400 }
    }

    @Test func `an instance that does not acknowledge gets what a client before it left`() throws {
        let bench = try bench()
        send(bench, 1...3)
        let first = client()
        let port = bench.attach("b", link: first)
        bench.run { first.bodies.count == 3 }
        bench.hub.detach(port)
        send(bench, 4...5)
        let second = client(acknowledges: false)
        _ = bench.attach("b", link: second)
        bench.run { second.bodies.count == 5 }
        #expect(numbers(second) == [1, 2, 3, 4, 5])
        #expect(second.receipts.isEmpty)
        send(bench, 6...6)
        bench.run { second.bodies.count == 6 }
        #expect(try bench.queue("b/in").delivered == 6)
    }

    @Test func `what comes back grows old as before`() throws {
        let time = FakeTime()
        let bench = try bench(ttl: 10, time: time)
        send(bench, 1...2)
        let first = client()
        let port = bench.attach("b", link: first)
        bench.run { first.bodies.count == 2 }
        bench.hub.detach(port)
        #expect(try bench.queue("b/in").length == 2)
        time.advance(11_000) { bench.flush() }
        let queue = try bench.queue("b/in")
        #expect((queue.length, queue.bytes, queue.dropped.expired) == (0, 0, 2))
    }

    @Test func `what came back is dropped with the module`() throws {
        let bench = try bench()
        send(bench, 1...3)
        let first = client()
        let port = bench.attach("b", link: first)
        bench.run { first.bodies.count == 3 }
        bench.hub.detach(port)
        bench.hub.retain(modules: ["a"])
        #expect(bench.lines.contains { $0.string.contains("3 messages that waited for it are dropped") })
    }

    @Test func `what a client has not taken outlives the route by which it came`() throws {
        let bench = try bench()
        send(bench, 1...2)
        let first = client()
        let port = bench.attach("b", link: first)
        bench.run { first.bodies.count == 2 }
        // The same input, and another queue of it.
        bench.route([(from: "a", to: "b", input: "in")], persistence: .disk)
        bench.hub.forgetUnused()
        bench.hub.detach(port)
        let second = client()
        _ = bench.attach("b", link: second)
        bench.run { second.bodies.count == 2 }
        #expect(second.receipts == first.receipts)
    }

    @Test func `a client of an identity that an operator has made finds again what it has not taken`() throws {
        let bench = try bench()
        bench.route([(from: "a", to: "mine", input: "in")])
        let _: Result<_, HubError> = try bench.wait { bench.hub.createIdentity("mine", done: $0) }
        send(bench, 1...2)
        let first = client()
        let port = bench.attach("mine", link: first)
        bench.run { first.bodies.count == 2 }
        bench.hub.detach(port)
        let second = client()
        _ = bench.attach("mine", link: second)
        bench.run { second.bodies.count == 2 }
        #expect(second.receipts == first.receipts)
    }

    // MARK: - Readiness

    @Test(arguments: [Persistence.memory, .disk])
    func `messages for an input that is not taken wait, and others go on`(persistence: Persistence) throws {
        let bench = try bench()
        bench.route([(from: "a", to: "b", input: "in"), (from: "a", to: "b", input: "other")], persistence: persistence)
        let module = NotingModule()
        module.closedInputs = ["in"]
        let port = bench.attach("b", link: module)
        send(bench, 1...3)
        bench.run { module.bodies.count == 3 }
        bench.flush()
        #expect(module.inputs == ["other", "other", "other"])
        #expect(try bench.queue("b/in").length == 3)
        module.closedInputs = ["other"]
        port.readinessChanged()
        bench.run { module.bodies.count == 6 }
        send(bench, 4...4)
        bench.run { module.bodies.count == 7 }
        bench.flush()
        #expect(Array(module.inputs[3...]) == ["in", "in", "in", "in"])
        #expect(try bench.queue("b/other").length == 1)
    }

    @Test func `messages that the operator sends wait for a client that has not subscribed`() throws {
        let bench = try bench()
        let module = NotingModule()
        module.closedInputs = ["new"]
        let port = bench.attach("b", link: module)
        let refused: HubError? = try bench.wait {
            bench.hub.sendToInput(module: "b", input: "new", message: Message(9), done: $0)
        }
        #expect(refused == nil)
        bench.flush()
        #expect(module.bodies.isEmpty)
        module.closedInputs = []
        port.readinessChanged()
        bench.run { module.bodies.count == 1 }
    }

    @Test func `a client that takes no methods is as one that is not here`() throws {
        let bench = try bench()
        let module = NotingModule()
        module.takesMethods = false
        module.onInvoke = { $0.end(.answered(status: 200, payload: "here")) }
        let port = bench.attach("b", link: module)
        let now: MethodOutcome = try bench.wait {
            bench.hub.invoke(module: "b", method: "m", payload: .null, timeoutMs: 1000, done: $0)
        }
        guard case .notFound(let reason) = now else { return #expect(Bool(false), "\(now)") }
        #expect(reason.string.contains("subscribed"))
        let later: MethodOutcome = try bench.wait { done in
            bench.hub.invoke(module: "b", method: "m", payload: .null, timeoutMs: 10_000, connectTimeoutMs: 10_000, done: done)
            bench.hub.later {
                #expect(module.calls.isEmpty)
                module.takesMethods = true
                port.readinessChanged()
            }
        }
        #expect(later == .answered(status: 200, payload: "here"))
    }

    // MARK: - Cut off

    @Test func `a client hears that another one came, and not when it is the other one itself`() throws {
        let bench = try bench()
        let (first, second) = (client(), client())
        _ = bench.attach("b", link: first)
        let port = bench.attach("b", link: second)
        bench.run { !first.cuts.isEmpty }
        #expect(first.cuts == ["another instance of it came"])
        let again = bench.attach("b", link: second)
        bench.flush()
        #expect(second.cuts.isEmpty)
        send(bench, 1...1)
        bench.run { second.bodies.count == 1 }
        port.took(second.receipts[0])
        bench.hub.detach(port)
        #expect(bench.hub.isAttached("b"))
        bench.hub.detach(again)
        bench.flush()
        #expect(second.cuts.isEmpty)
    }

    @Test func `a client is cut off when its identity goes or its keys change, an instance of the host not for its keys`() throws {
        let bench = try bench()
        for name: Text in ["mine", "theirs", "still"] {
            let _: Result<_, HubError> = try bench.wait { bench.hub.createIdentity(name, done: $0) }
        }
        let (mine, theirs, still) = (client(), client(), client())
        (mine.isAuthenticated, theirs.isAuthenticated) = (true, true)
        _ = bench.attach("mine", link: mine)
        _ = bench.attach("theirs", link: theirs)
        _ = bench.attach("still", link: still)
        for name: Text in ["mine", "still"] {
            let _: Result<_, HubError> = try bench.wait { done in
                bench.hub.updateIdentity(name, done: done) { $0.primary = Array(repeating: 7, count: 16) }
            }
        }
        let _: Result<Bool, HubError> = try bench.wait { bench.hub.deleteIdentity("theirs", done: $0) }
        bench.flush()
        #expect(mine.cuts == ["its keys have changed"])
        #expect(theirs.cuts == ["its identity was deleted"])
        #expect(still.cuts.isEmpty && bench.hub.isAttached("still"))
        #expect(!bench.hub.isAttached("mine") && !bench.hub.isAttached("theirs"))
        // What is not of its keys is no reason.
        _ = bench.attach("mine", link: mine)
        let _: Result<_, HubError> = try bench.wait { done in
            bench.hub.updateIdentity("mine", done: done) { $0.managedBy = "me" }
        }
        bench.flush()
        #expect(mine.cuts.count == 1 && bench.hub.isAttached("mine"))
    }
}
