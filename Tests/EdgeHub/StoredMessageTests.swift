import Testing

@testable import EdgeHub

@Test func `what was stored while the clock was not set yet does not expire`() {
    let before = StoredMessage(sequence: 1, message: nil, enqueuedMs: 5000, timeToLiveMs: 1000)
    #expect(!before.isExpired(nowMs: 1_800_000_000_000))
    let after = StoredMessage(sequence: 1, message: nil, enqueuedMs: 1_800_000_000_000, timeToLiveMs: 1000)
    #expect(!after.isExpired(nowMs: 1_800_000_000_999))
    #expect(after.isExpired(nowMs: 1_800_000_001_000))
    #expect(!after.isExpired(nowMs: 5000))
}
