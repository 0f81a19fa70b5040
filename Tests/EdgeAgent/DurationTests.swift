import Testing

@testable import EdgeAgent

@Test(arguments: [
    (0, "0 s"), (119_999, "119 s"), (120_000, "2 min"), (7_199_000, "119 min"), (7_200_000, "2 h"), (172_800_000, "2 d"),
])
func `a span is told in its largest fitting unit`(ms: UInt64, text: String) {
    #expect(Duration.text(ms: ms).string == text)
}
