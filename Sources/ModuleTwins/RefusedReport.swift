public import JSON

/// A patch of reported properties that the cloud did not take.
public struct RefusedReport: Sendable, Equatable {
    /// So many of one identity are kept, the newest.
    public static let kept = 8

    /// When, in milliseconds since 1970.
    public let atMs: Int64
    /// Of the reported properties.
    public let version: UInt64
    /// What the cloud said.
    public let reason: Text
    public let patch: JSONObject

    public init(atMs: Int64, version: UInt64, reason: Text, patch: JSONObject) {
        self.atMs = atMs
        self.version = version
        self.reason = reason
        self.patch = patch
    }
}
