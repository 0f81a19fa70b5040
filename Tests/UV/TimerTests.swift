import TestSupport
import Testing
import UV

@Suite struct TimerTests {
    @Test func `a timer fires once`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        var count = 0
        timer.start(afterMs: 1) { count += 1 }
        #expect(timer.isActive)
        loop.run()
        #expect(count == 1)
        #expect(!timer.isActive)
    }

    @Test func `a timer with a period fires until it is stopped`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        var count = 0
        timer.start(afterMs: 0, everyMs: 1) {
            count += 1
            if count == 5 { timer.stop() }
        }
        loop.run()
        #expect(count == 5)
    }

    @Test func `a dropped timer never fires`() throws {
        let loop = try Loop()
        var fired = false
        Timer(loop).start(afterMs: 0) { fired = true }
        loop.run()
        #expect(!fired)
    }

    @Test func `a timer may be dropped when it fires`() throws {
        let loop = try Loop()
        let holder = Found<Timer?>(Timer(loop))
        weak let seen = holder.value
        var count = 0
        holder.value?.start(afterMs: 0, everyMs: 1) {
            holder.value = nil
            count += 1
        }
        loop.run()
        #expect(count == 1)
        #expect(seen == nil)
    }

    @Test func `a timer started again when it fires keeps its new closure`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        var order: [String] = []
        timer.start(afterMs: 0) {
            order.append("first")
            timer.start(afterMs: 0) { order.append("second") }
        }
        loop.run()
        #expect(order == ["first", "second"])
    }

    @Test func `a stopped timer releases its closure and can be started again`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        timer.stop()
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            timer.start(afterMs: 1000) { withExtendedLifetime(canary) {} }
        }
        #expect(seen != nil)
        timer.stop()
        #expect(seen == nil)
        var fired = false
        timer.start(afterMs: 0) { fired = true }
        loop.run()
        #expect(fired)
    }

    @Test func `a timer that has fired releases its closure`() throws {
        let loop = try Loop()
        let timer = Timer(loop)
        weak var seen: Canary?
        do {
            let canary = Canary()
            seen = canary
            timer.start(afterMs: 0) { withExtendedLifetime(canary) {} }
        }
        loop.run()
        #expect(seen == nil)
    }

    @Test func `time is counted from start and not from the turn before it`() throws {
        let loop = try Loop()
        let begin = Loop.monotonicMs
        while Loop.monotonicMs < begin + 20 {}
        let timer = Timer(loop)
        timer.start(afterMs: 30) {}
        loop.run()
        #expect(Loop.monotonicMs >= begin + 49)
    }
}
