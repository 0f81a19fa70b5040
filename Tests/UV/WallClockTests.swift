import Foundation
import Testing
import UV

@Suite struct WallClockTests {
    @Test func `now is now`() {
        let seconds = Date().timeIntervalSince1970
        #expect(abs(Double(WallClock.nowMs) / 1000 - seconds) < 60)
    }
}
