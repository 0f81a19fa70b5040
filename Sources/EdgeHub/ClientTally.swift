/// How often a module has done something since its identity is there or the host runs.
public struct ClientTally: Sendable, Equatable {
    /// Instances of it that came, and that went.
    public internal(set) var connects: UInt64 = 0
    public internal(set) var disconnects: UInt64 = 0
    /// Patches of reported properties that were taken on.
    public internal(set) var reports: UInt64 = 0
    /// Times its twin was read.
    public internal(set) var twinReads: UInt64 = 0
}
