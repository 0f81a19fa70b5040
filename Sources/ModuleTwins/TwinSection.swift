public import JSON

/// The desired or the reported half of a twin.
public struct TwinSection: Sendable, Equatable {
    public internal(set) var tree: TwinTree
    /// 1 when new, one more with each accepted change.
    public internal(set) var version: UInt64
    /// When, by the wall clock, in milliseconds since 1970; never negative.
    public internal(set) var lastUpdatedMs: Int64

    public init(tree: TwinTree = TwinTree(), version: UInt64 = 1, lastUpdatedMs: Int64) {
        self.tree = tree
        self.version = version
        self.lastUpdatedMs = max(0, lastUpdatedMs)
    }

    public var properties: JSONObject { tree.properties }

    /// What the members get that are written with the next version.
    func nextStamp(_ nowMs: Int64) -> TwinStamp { TwinStamp(ms: nowMs, version: version + 1) }

    /// Takes over what was accepted.
    mutating func accept(_ tree: TwinTree, _ stamp: TwinStamp) {
        self.tree = tree
        version = stamp.version
        lastUpdatedMs = stamp.ms
    }
}
