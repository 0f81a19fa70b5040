import JSON
import ModuleImages

/// What is remembered of one module across runs of the host.
public struct ModuleRecord: Equatable, Sendable {
    /// An image of it that is held against it, and why.
    public struct Verdict: Equatable, Sendable {
        public let digest: ImageDigest
        /// For people: `SIGSEGV in receive`.
        public let reason: Text

        public init(digest: ImageDigest, reason: Text) {
            self.digest = digest
            self.reason = reason
        }
    }

    /// This image ended the host: it runs in a process of its own until it changes.
    public var quarantine: Verdict?
    /// The image that ran through its probation last.
    public var good: ImageDigest?
    /// The signature with which it was loaded; nil: none.
    public var goodSignature: [UInt8]?
    /// The image that did not, and is not tried again.
    public var refused: Verdict?

    public init(quarantine: Verdict? = nil, good: ImageDigest? = nil, goodSignature: [UInt8]? = nil, refused: Verdict? = nil) {
        self.quarantine = quarantine
        self.good = good
        self.goodSignature = goodSignature
        self.refused = refused
    }

    /// Nothing to remember.
    public var isEmpty: Bool { quarantine == nil && good == nil && refused == nil }
}

extension ModuleRecord {
    /// What is not understood is left out.
    init(_ json: JSON) {
        self.init(
            quarantine: json["quarantine"].flatMap(Verdict.init(json:)), good: json["good"]?.string.flatMap(ImageDigest.init(text:)),
            goodSignature: json["goodSignature"]?.string.flatMap(Base64.decode), refused: json["refused"].flatMap(Verdict.init(json:)))
    }

    var json: JSON {
        var object = JSONObject()
        if let quarantine { object["quarantine"] = quarantine.json }
        if let good { object["good"] = .string(good.text) }
        if let goodSignature { object["goodSignature"] = .string(Base64.encode(goodSignature)) }
        if let refused { object["refused"] = refused.json }
        return .object(object)
    }
}

extension ModuleRecord.Verdict {
    fileprivate init?(json: JSON) {
        guard let digest = json["digest"]?.string.flatMap(ImageDigest.init(text:)), let reason = json["reason"]?.string else { return nil }
        self.init(digest: digest, reason: reason)
    }

    /// As `martlet list --json` shows it too.
    public var json: JSON {
        .object(["digest": .string(digest.text), "reason": .string(reason)])
    }
}
