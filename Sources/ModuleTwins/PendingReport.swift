public import JSON

/// What the cloud is still to be told of the reported properties of one identity.
public struct PendingReport: Sendable, Equatable {
    /// Merged into what the cloud holds it gives the reported properties; null for what is gone. Empty: nothing is to be told.
    public let patch: JSONObject
    /// Of the reported properties with which the cloud is even once it has taken the patch.
    public let version: UInt64
    /// False: what the cloud holds is not known, and the patch is all there is; the cloud's document is to be read first.
    public let isCloudKnown: Bool
    /// What the cloud refused, the oldest first, at most `RefusedReport.kept`.
    public let refused: [RefusedReport]

    public init(patch: JSONObject, version: UInt64, isCloudKnown: Bool, refused: [RefusedReport]) {
        self.patch = patch
        self.version = version
        self.isCloudKnown = isCloudKnown
        self.refused = refused
    }
}
