import Foundation
import JSON
import Testing

@Suite struct TimeTextTests {
    @Test func `all forms`() {
        let ms: Int64 = 1_795_400_947_123
        #expect(Text(iso8601Ms: ms) == "2026-11-23T02:29:07.123Z")
        #expect(Text(logStampMs: ms) == "2026-11-23 02:29:07.123 +00:00")
        let written = [UInt8](unsafeUninitializedCapacity: TimeText.logStampCount) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            TimeText.writeLogStamp(ms, to: base)
            count = buffer.count
        }
        #expect(Text(utf8: written) == Text(logStampMs: ms))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, Text)])
    func `dates where calendars go wrong`(ms: Int64, text: Text) {
        #expect(Text(iso8601Ms: ms) == text)
    }

    @Test func `what no four digits say is the first or the last moment that they do`() {
        #expect(Text(iso8601Ms: .max) == "9999-12-31T23:59:59.999Z")
        #expect(Text(iso8601Ms: .min) == "0000-01-01T00:00:00.000Z")
    }

    @Test func `every day of four centuries is what Foundation says`() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: Int64(-73_000), to: 73_000, by: 1) {
            let ms = day * 86_400_000 + 45_296_007
            #expect(Text(iso8601Ms: ms).string == style.format(Date(timeIntervalSince1970: Double(ms) / 1000 + 0.0001)))
        }
    }
}
