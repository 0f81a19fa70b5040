public import JSON

/// How many messages a queue has dropped, by reason.
public struct DropCounts: Sendable, Equatable {
    /// The queue was full.
    public internal(set) var full: UInt64 = 0
    /// Waited longer than its route allows.
    public internal(set) var expired: UInt64 = 0

    /// It could not be stored; its sender was told if it waited.
    public internal(set) var unstored: UInt64 = 0

    public init() {}

    public var total: UInt64 { full + expired + unstored }

    /// Under the names of IoT Edge's metrics where it has one.
    public var byReason: [(reason: Text, count: UInt64)] {
        [(reason: "full", count: full), (reason: "ttl_expiry", count: expired), (reason: "storage", count: unstored)]
    }

    mutating func add(_ other: DropCounts) {
        full += other.full
        expired += other.expired
        unstored += other.unstored
    }
}
