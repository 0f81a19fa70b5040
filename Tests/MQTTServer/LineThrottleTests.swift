import JSON
import Testing

@testable import MQTTServer

@Suite struct LineThrottleTests {
    private func line(_ text: Text) -> LineThrottle.Line { LineThrottle.Line(level: 4, text: text) }

    @Test func `the first of a kind are written, those that follow are one line with their count`() {
        var throttle = LineThrottle()
        for number in 1...5 { #expect(throttle.admit(.refused, line("\(number)"), now: 5) == line("\(number)")) }
        #expect(throttle.due == nil)
        for number in 6...8 { #expect(throttle.admit(.refused, line("\(number)"), now: 6) == nil) }
        #expect(throttle.admit(.broken, line("other"), now: 6) == line("other"))
        #expect(throttle.due == 5 + LineThrottle.quietMs)
        #expect(throttle.flush(now: 6).isEmpty && throttle.due != nil)
        #expect(throttle.flush(now: 5 + LineThrottle.quietMs) == [line("8 (and 2 more of the kind before it)")])
        #expect(throttle.due == nil)
    }

    @Test func `a flood that goes on is a line now and then`() {
        var (throttle, written) = (LineThrottle(), 0)
        for now in 0..<(4 * LineThrottle.quietMs) {
            if throttle.admit(.refused, line("x"), now: now) != nil { written += 1 }
            if let due = throttle.due, now >= due { written += throttle.flush(now: now).count }
        }
        #expect(written == LineThrottle.burst + 3)
    }

    @Test func `after a quiet time a line is written at once`() {
        var throttle = LineThrottle()
        for _ in 1...5 { _ = throttle.admit(.refused, line("1"), now: 0) }
        #expect(throttle.admit(.refused, line("2"), now: LineThrottle.quietMs) == line("2"))
    }
}
