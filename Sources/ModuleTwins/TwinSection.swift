public import JSON

/// The desired or the reported half of a twin.
public struct TwinSection: Sendable, Equatable {
    public internal(set) var properties: JSONObject
    /// 1 when new, one more with each accepted change.
    public internal(set) var version: UInt64
    /// When, by the wall clock: `2026-11-23T02:29:07.123Z`.
    public internal(set) var lastUpdated: Text

    public init(properties: JSONObject = JSONObject(), version: UInt64 = 1, lastUpdated: Text) {
        self.properties = properties
        self.version = version
        self.lastUpdated = lastUpdated
    }

    /// Takes over what was accepted.
    mutating func accept(_ properties: JSONObject, now: Text) {
        self.properties = properties
        version += 1
        lastUpdated = now
    }
}
