import Deployment
import JSON
import ModuleImages
import Testing

@testable import EdgeAgent

@Suite struct ProbationTests {
    private let one = ImageDigest(bytes: [UInt8](repeating: 1, count: 32))
    private let two = ImageDigest(bytes: [UInt8](repeating: 2, count: 32))
    private let three = ImageDigest(bytes: [UInt8](repeating: 3, count: 32))
    private let on = settings()

    private static func settings(seconds: Int = 30, digest: [UInt8]? = nil) -> Probation.Settings {
        Probation.Settings(
            ModuleSpecification(name: "m", image: "m.so", digest: digest, kind: .library(isolation: .loop)),
            RestartSettings(probationSeconds: seconds))
    }

    /// A module that has run `one` long enough, and now starts `two`.
    private func switched() -> (probation: Probation, record: ModuleRecord) {
        var probation = Probation()
        var record = ModuleRecord(good: one, goodSignature: [7])
        probation.starts(two, signature: nil, &record, nowMs: 1000)
        return (probation, record)
    }

    @Test func `the first image has no trial, and is good once it has run long or was stopped in order`() {
        var (probation, record) = (Probation(), ModuleRecord())
        probation.starts(one, signature: nil, &record, nowMs: 0)
        #expect(probation.trial == nil)
        #expect(probation.fails(one, reason: "exit code 1", nowMs: 1, &record, on) == .restartPolicy)
        probation.stops(one, signature: nil, wasReady: false, &record)
        #expect(record.isEmpty, "one that never was ready is not known to be good")
        probation.stops(one, signature: [7], wasReady: true, &record)
        #expect(record.good == one && record.goodSignature == [7])
        record = ModuleRecord()
        probation.outlives(one, signature: nil, &record)
        #expect(record.good == one)
    }

    @Test func `a new image that fails in time is refused, and the one before comes back`() {
        var (probation, record) = switched()
        #expect(probation.trial == Probation.Trial(digest: two, sinceMs: 1000))
        #expect(probation.fails(two, reason: "exit code 9", nowMs: 30_999, &record, on) == .goesBack(to: one))
        #expect(record.refused == ModuleRecord.Verdict(digest: two, reason: "exit code 9"))
        #expect(Probation.refused(record, on) == two)
        #expect(Probation.instead(.refused, record, last: two, on) == one)
        probation.starts(one, signature: nil, &record, nowMs: 31_000)
        #expect(probation.fails(one, reason: "exit code 9", nowMs: 31_001, &record, on) == .restartPolicy)
        #expect(record.good == one)
    }

    @Test func `after its probation a failure is the restart policy's`() {
        var (probation, record) = switched()
        #expect(probation.fails(two, reason: "exit code 9", nowMs: 31_000, &record, on) == .restartPolicy)
        probation.outlives(two, signature: [8], &record)
        #expect(record.good == two && record.goodSignature == [8] && probation.trial == nil)
        #expect(probation.fails(two, reason: "exit code 9", nowMs: 31_001, &record, on) == .restartPolicy)
        #expect(record.refused == nil)
    }

    @Test func `a trial goes on over a restart and begins anew after a stop`() {
        var (probation, record) = switched()
        probation.starts(two, signature: nil, &record, nowMs: 5000)
        #expect(probation.trial?.sinceMs == 1000)
        probation.stops(two, signature: nil, wasReady: true, &record)
        #expect(record.good == one, "a stop proves nothing of an image on trial")
        probation.starts(two, signature: nil, &record, nowMs: 9000)
        #expect(probation.trial?.sinceMs == 9000)
        probation.starts(three, signature: nil, &record, nowMs: 9500)
        #expect(probation.trial?.digest == three)
        #expect(probation.fails(three, reason: "x", nowMs: 9600, &record, on) == .goesBack(to: one))
    }

    @Test func `an image that the manifest demands stays`() {
        var (probation, record) = switched()
        let demanded = Self.settings(digest: two.bytes)
        #expect(probation.fails(two, reason: "x", nowMs: 1001, &record, demanded) == .demanded)
        #expect(record.refused == nil)
        record.refused = ModuleRecord.Verdict(digest: two, reason: "x")
        #expect(Probation.refused(record, demanded) == nil)
        for kind in [ImageError.Kind.missing, .unusable, .refused, .busy, .system] {
            #expect(Probation.instead(kind, record, last: one, demanded) == nil)
        }
        // The file is not it, and the store has it: that is what the manifest says.
        for kind in [ImageError.Kind.unusable, .busy, .system] {
            #expect(Probation.instead(kind, ModuleRecord(good: two), last: one, demanded) == two)
            #expect(Probation.instead(kind, ModuleRecord(good: one), last: two, demanded) == two)
        }
        #expect(!Probation.hostEnded(in: two, reason: "x", &record, demanded))
    }

    @Test func `with no probation nothing goes back`() {
        var (probation, record) = switched()
        let off = Self.settings(seconds: 0)
        #expect(probation.fails(two, reason: "x", nowMs: 1000, &record, off) == .restartPolicy)
        #expect(Probation.instead(.unusable, record, last: nil, off) == nil)
        #expect(Probation.instead(.unusable, record, last: two, off) == two, "that is not going back")
        record.refused = ModuleRecord.Verdict(digest: two, reason: "x")
        #expect(Probation.refused(record, off) == nil)
    }

    @Test func `what runs where the file cannot be had`() {
        var record = ModuleRecord(good: one)
        #expect(Probation.instead(.unusable, record, last: two, on) == two)
        #expect(Probation.instead(.unusable, record, last: nil, on) == one)
        #expect(Probation.instead(.busy, record, last: two, on) == two)
        #expect(Probation.instead(.system, record, last: two, on) == two)
        #expect(Probation.instead(.system, record, last: nil, on) == one)
        #expect(Probation.instead(.missing, record, last: two, on) == nil, "who removes a file means it")
        #expect(Probation.instead(.unusable, ModuleRecord(), last: nil, on) == nil)
        record.refused = .init(digest: two, reason: "x")
        for kind in [ImageError.Kind.unusable, .refused, .busy, .system] {
            #expect(Probation.instead(kind, record, last: two, on) == one, "what failed does not run again")
        }
    }

    @Test func `an image on trial that ended the host is refused, another one is not`() {
        var record = ModuleRecord(good: one)
        #expect(!Probation.hostEnded(in: one, reason: "SIGSEGV", &record, on))
        #expect(Probation.hostEnded(in: two, reason: "SIGSEGV", &record, on))
        #expect(record.refused == ModuleRecord.Verdict(digest: two, reason: "SIGSEGV"))
        var fresh = ModuleRecord()
        #expect(!Probation.hostEnded(in: two, reason: "SIGSEGV", &fresh, on) && fresh.isEmpty)
    }

    @Test func `where there is no way back, nothing is held against the file`() {
        var record = ModuleRecord(good: one, goodSignature: [7], refused: .init(digest: two, reason: "x"))
        Probation.cannotGoBack(&record)
        #expect(record.isEmpty)
    }

    @Test func `the good image may be signed anew`() {
        var (probation, record) = (Probation(), ModuleRecord(good: one, goodSignature: [7]))
        probation.starts(one, signature: [8], &record, nowMs: 0)
        #expect(record.goodSignature == [8])
        probation.starts(two, signature: [9], &record, nowMs: 0)
        #expect(record.good == one && record.goodSignature == [8])
    }
}
