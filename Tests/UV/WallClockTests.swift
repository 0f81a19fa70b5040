import Foundation
import Testing
import UV

@Suite struct WallClockTests {
    @Test func `both forms`() {
        #expect(WallClock.iso8601(1_795_400_947_123) == "2026-11-23T02:29:07.123Z")
        #expect(WallClock.logStamp(1_795_400_947_123) == "2026-11-23 02:29:07.123 +00:00")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func `dates where calendars go wrong`(ms: Int64, text: String) {
        #expect(WallClock.iso8601(ms) == text)
    }

    @Test func `every day of four centuries is what Foundation says`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: Int64(-73_000), to: 73_000, by: 1) {
            let ms = day * 86_400_000 + 45_296_007
            #expect(WallClock.iso8601(ms) == style.format(Date(timeIntervalSince1970: Double(ms) / 1000 + 0.0001)))
        }
    }

    @Test func `now is now`() {
        let seconds = Date().timeIntervalSince1970
        #expect(abs(Double(WallClock.nowMs) / 1000 - seconds) < 60)
    }
}
