import JSON
import Testing

@testable import EdgeAgent

@Suite struct LogMomentTests {
    private let now: Int64 = 1_000_000_000_000

    @Test(
        arguments: [
            ("2026-11-23T02:29:07Z", 1_795_400_947_000), ("2026-11-23t02:29:07.5z", 1_795_400_947_500),
            ("2026-11-23 03:29:07.123456 +01:00", 1_795_400_947_123), ("2024-02-29T23:59:60-00:30", 1_709_253_000_000),
            ("1970-01-01T00:00:00Z", 0), ("0", 0), ("1700000000", 1_700_000_000_000), (1_700_000_000, 1_700_000_000_000),
            ("90m", 1_000_000_000_000 - 5_400_000), ("1 day", 1_000_000_000_000 - 86_400_000),
            ("2 days 3 hours 2 minutes", 1_000_000_000_000 - 183_720_000), ("1d2h 3s", 1_000_000_000_000 - 93_603_000),
        ] as [(JSON, Int64)])
    func `moments are times, seconds or spans`(value: JSON, ms: Int64) throws {
        #expect(try LogMoment.parse(value, "since", nowMs: now) == ms)
    }

    @Test(
        arguments: [
            nil, true, 1.5, -1, "", " ", "soon", "1 fortnight", "m", "2026-11-23", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z",
            "2026-11-23T02:29:07", "2026-11-23T02:29:07+1:00", "999999999999d", "999999999999w 999999999999w",
        ] as [JSON])
    func `anything else is refused`(value: JSON) {
        #expect(throws: AgentMethodError.self) { try LogMoment.parse(value, "since", nowMs: now) }
    }
}
