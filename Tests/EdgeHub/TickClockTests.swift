import Testing

@testable import EdgeHub

@Suite struct TickClockTests {
    private let year2026: Int64 = 1_790_000_000_000
    private let hour: Int64 = 3_600_000

    @Test func `ticks go on with monotonic time, whatever the wall clock does`() {
        let clock = TickClock(nil, nowMs: 5000, wallMs: year2026)
        #expect(clock.ticks(5000) == 0)
        #expect(clock.ticks(6000) == 1000)
        #expect(clock.mark(nowMs: 6000, wallMs: year2026 - hour) == TickClock.Mark(ticks: 1000, wallMs: year2026 - hour))
        #expect(clock.mark(nowMs: 6000, wallMs: 25_000).wallMs == 0)
        #expect(clock.missed(nowMs: 6000, wallMs: year2026 + hour) == nil)
    }

    @Test func `the time for which the host was off counts`() {
        let mark = TickClock.Mark(ticks: 700, wallMs: year2026)
        #expect(TickClock(mark, nowMs: 100, wallMs: year2026 + hour).ticks(100) == 700 + hour)
    }

    @Test(arguments: [
        (before: 25_000, after: 1_790_000_000_000), (before: 1_790_000_000_000, after: 1_789_000_000_000),
        (before: 0, after: 1_790_000_000_000), (before: Int64.min, after: Int64.max),
    ])
    func `it does not count where a clock was wrong, or went back`(before: Int64, after: Int64) {
        let clock = TickClock(TickClock.Mark(ticks: 700, wallMs: before), nowMs: 100, wallMs: after)
        #expect(clock.ticks(100) == 700)
        #expect(clock.missed(nowMs: 200, wallMs: year2026 + 100 * hour) == nil)
    }

    @Test func `where the clock is set only after the start, the time off counts from then on`() {
        var clock = TickClock(TickClock.Mark(ticks: 700, wallMs: year2026), nowMs: 100, wallMs: 30_000)
        #expect(clock.ticks(100) == 700)
        #expect(clock.missed(nowMs: 10_100, wallMs: 40_000) == nil)
        // It runs for 10 s when it is told the time, and was off for an hour.
        #expect(clock.missed(nowMs: 10_100, wallMs: year2026 + hour + 10_000) == hour)
        clock.add(hour)
        #expect(clock.ticks(10_100) == 700 + 10_000 + hour)
        #expect(clock.missed(nowMs: 20_000, wallMs: year2026 + 9 * hour) == nil)
    }

    @Test(arguments: [Int64.min, -1, 0, 1 << 53, Int64.max])
    func `whatever a row says, sums stay numbers`(value: Int64) {
        for wall in [Int64.min, 0, 1_577_836_800_000, Int64.max] {
            for mark in [TickClock.Mark(ticks: value, wallMs: wall), TickClock.Mark(ticks: wall, wallMs: value)] {
                let clock = TickClock(mark, nowMs: 1, wallMs: year2026)
                #expect(clock.ticks(1) >= 0)
                #expect(clock.ticks(1) + TickClock.longest < Int64.max / 2)
            }
        }
    }
}
