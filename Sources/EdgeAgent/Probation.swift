import Deployment
import JSON
import ModuleImages

/// Which image a module runs: that of its file, or the one before. Rules only: what is remembered, what happened, and what follows.
///
/// ```
///  good ──switch──► trial ──outlives it──► good        (the next rollback leads here)
///                     │
///                     └──fails in time───► refused, and back to the last good one; tried again only after the file held another
/// ```
/// The first image of a module has no trial: there is nothing to go back to.
struct Probation: Equatable {
    /// The image that has to prove itself, and since when, on the monotonic clock.
    private(set) var trial: Trial?

    struct Trial: Equatable {
        let digest: ImageDigest
        let sinceMs: UInt64
    }

    /// What follows from a failure.
    enum Verdict: Equatable {
        /// The image is not the reason as far as anybody knows: the restart policy decides.
        case restartPolicy
        /// It was on trial and is refused from here on: the instance goes back to this one.
        case goesBack(to: ImageDigest)
        /// It was on trial, but the manifest demands this image.
        case demanded
    }

    /// What of the manifest counts here.
    struct Settings: Equatable {
        /// 0: no trials.
        let seconds: Int
        /// `settings.digest`
        let demanded: ImageDigest?

        init(_ module: ModuleSpecification, _ settings: RestartSettings) {
            seconds = settings.probationSeconds
            demanded = module.digest.map(ImageDigest.init(bytes:))
        }

        /// Whether the manifest allows to go back.
        var goesBack: Bool { seconds > 0 && demanded == nil }

        func allows(_ digest: ImageDigest) -> Bool { demanded == nil || demanded == digest }
    }

    /// The image that the file may hold without being taken.
    static func refused(_ record: ModuleRecord, _ settings: Settings) -> ImageDigest? {
        settings.goesBack && record.good != nil ? record.refused?.digest : nil
    }

    /// The image to run where that of the file cannot be had.
    /// - Parameter last: what this module ran last in this run of the host.
    static func instead(_ fault: ImageError.Kind, _ record: ModuleRecord, last: ImageDigest?, _ settings: Settings) -> ImageDigest? {
        if fault == .missing { return nil }
        if fault != .refused, let last, last != record.refused?.digest, settings.allows(last) { return last }
        guard let good = record.good, settings.allows(good) else { return nil }
        return fault != .unusable || settings.goesBack || settings.demanded != nil ? good : nil
    }

    /// An instance of this image starts.
    mutating func starts(_ digest: ImageDigest, signature: [UInt8]?, _ record: inout ModuleRecord, nowMs: UInt64) {
        guard let good = record.good, good != digest else {
            trial = nil
            // The same image may be signed anew.
            if record.good != nil { record.goodSignature = signature }
            return
        }
        if trial?.digest != digest { trial = Trial(digest: digest, sinceMs: nowMs) }
    }

    /// The instance was stopped on somebody's wish, or is replaced by one of another image.
    mutating func stops(_ digest: ImageDigest, signature: [UInt8]?, wasReady: Bool, _ record: inout ModuleRecord) {
        trial = nil
        if wasReady && record.good == nil { Self.isGood(digest, signature, &record) }
    }

    /// The instance has run for the whole time of its probation.
    mutating func outlives(_ digest: ImageDigest, signature: [UInt8]?, _ record: inout ModuleRecord) {
        trial = nil
        Self.isGood(digest, signature, &record)
    }

    /// The instance could not be started, or ended by itself and not with exit code 0.
    mutating func fails(
        _ digest: ImageDigest, reason: Text, nowMs: UInt64, _ record: inout ModuleRecord, _ settings: Settings
    ) -> Verdict {
        guard let trial, trial.digest == digest, let good = record.good, nowMs - trial.sinceMs < UInt64(settings.seconds) * 1000 else {
            return .restartPolicy
        }
        if settings.demanded != nil { return .demanded }
        self.trial = nil
        record.refused = ModuleRecord.Verdict(digest: digest, reason: reason)
        return .goesBack(to: good)
    }

    /// The image to go back to cannot be had either: nothing is held against that of the file any more.
    static func cannotGoBack(_ record: inout ModuleRecord) {
        record.good = nil
        record.goodSignature = nil
        record.refused = nil
    }

    private static func isGood(_ digest: ImageDigest, _ signature: [UInt8]?, _ record: inout ModuleRecord) {
        record.good = digest
        record.goodSignature = signature
    }
}

extension Probation {
    /// This image ended the whole host, as is known at the next start.
    /// - Returns: whether it was on trial: then it is refused, and the module goes back to the good one.
    static func hostEnded(in digest: ImageDigest, reason: Text, _ record: inout ModuleRecord, _ settings: Settings) -> Bool {
        guard settings.goesBack, record.good != nil, record.good != digest else { return false }
        record.refused = ModuleRecord.Verdict(digest: digest, reason: reason)
        return true
    }
}
