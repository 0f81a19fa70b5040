import TestSupport
import Testing
import UV

@Suite struct LoopTests {
    @Test func `a loop with nothing to do returns at once`() throws {
        let loop = try Loop()
        loop.run()
        #expect(!loop.runOnce(wait: true))
    }

    @Test func `what is queued runs in its order, and what that queues in the next turn`() throws {
        let loop = try Loop()
        var order: [Int] = []
        loop.soon {
            order.append(1)
            loop.soon { order.append(3) }
        }
        loop.soon { order.append(2) }
        #expect(order == [])
        loop.runOnce(wait: false)
        #expect(order == [1, 2])
        loop.runOnce(wait: false)
        #expect(order == [1, 2, 3])
    }

    @Test func `an idle loop has nothing that keeps it awake after its queue is empty`() throws {
        let loop = try Loop()
        loop.soon {}
        #expect(!loop.runOnce(wait: true))
    }

    @Test func `stop ends run while something is left`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        var count = 0
        timer.start(afterMs: 0, everyMs: 1) {
            count += 1
            if count == 3 { loop.stop() }
        }
        loop.run()
        #expect(count == 3)
        #expect(timer.isActive)
    }

    @Test func `what was queued keeps nothing alive after it ran`() throws {
        let loop = try Loop()
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            loop.soon { withExtendedLifetime(canary) {} }
        }
        #expect(seen != nil)
        settle(loop)
        #expect(seen == nil)
    }

    @Test func `a closed loop does nothing and can be closed again`() throws {
        let loop = try Loop()
        var fired = false
        let timer = Timer(loop)
        timer.start(afterMs: 0) { fired = true }
        loop.soon { fired = true }
        loop.close()
        loop.close()
        loop.soon { fired = true }
        timer.start(afterMs: 0) { fired = true }
        loop.run()
        #expect(!loop.runOnce(wait: true))
        #expect(!fired)
        #expect(!timer.isActive)
        #expect(throws: UVError.canceled) { try SignalWatcher(loop, signal: 10) {} }
    }

    @Test func `what a turn has gathered is done at its end, before the loop sleeps`() throws {
        let loop = try Loop()
        defer { loop.close() }
        var order: [String] = []
        let timer = Timer(loop)
        timer.start(afterMs: 0) {
            loop.atEndOfTurn {
                order.append("end")
                loop.atEndOfTurn { order.append("end of the next") }
                loop.soon { order.append("next") }
            }
            loop.soon { order.append("soon") }
        }
        loop.run()
        #expect(order == ["soon", "end", "next", "end of the next"])
    }

    @Test func `owners may outlive the closing of their loop`() throws {
        let folder = TemporaryFolder()
        let loop = try Loop()
        let listener = try Listener.unix(loop, path: folder.path("s")) { _ in }
        let wakeup = try Wakeup(loop) {}
        loop.close()
        wakeup.wake()
        listener.close()
        wakeup.close()
        #expect(!folder.holds("s"))
    }

    @Test func `monotonic time goes on`() throws {
        let first = Loop.monotonicNs
        #expect(Loop.monotonicNs >= first)
        #expect(Loop.monotonicMs >= first / 1_000_000)
    }
}
