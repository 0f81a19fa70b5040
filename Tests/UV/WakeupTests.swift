import Foundation
import TestSupport
import Testing
import UV

@Suite struct WakeupTests {
    @Test func `a sleeping loop is woken from another thread`() throws {
        let loop = try Loop()
        var woken = false
        let wakeup = try Wakeup(loop) { woken = true }
        Thread.detachNewThread { wakeup.wake() }
        #expect(run(loop) { woken })
        wakeup.close()
    }

    @Test func `many wakes before a turn are one call`() throws {
        let loop = try Loop()
        var calls = 0
        let wakeup = try Wakeup(loop) { calls += 1 }
        for _ in 0..<100 { wakeup.wake() }
        settle(loop)
        #expect(calls == 1)
        wakeup.wake()
        settle(loop)
        #expect(calls == 2)
    }

    @Test func `a wake after close does nothing, and the loop has nothing left`() throws {
        let loop = try Loop()
        var calls = 0
        let wakeup = try Wakeup(loop) { calls += 1 }
        wakeup.close()
        wakeup.wake()
        loop.run()
        #expect(calls == 0)
    }

    @Test func `a wakeup may be closed by its own call`() throws {
        let loop = try Loop()
        let wakeup = Found<Wakeup?>(nil)
        weak var seen: Canary?
        var calls = 0
        do {
            let canary = Canary()
            seen = canary
            wakeup.value = try Wakeup(loop) {
                withExtendedLifetime(canary) {}
                calls += 1
                wakeup.value?.close()
                wakeup.value = nil
            }
        }
        wakeup.value?.wake()
        loop.run()
        #expect(calls == 1)
        #expect(seen == nil)
    }

    @Test func `one that does not keep the loop running does not`() throws {
        let loop = try Loop()
        let wakeup = try Wakeup(loop) {}
        wakeup.keepsLoopRunning(false)
        loop.run()
        wakeup.close()
    }
}
