public import JSON
public import ModuleIdentities

/// The document that belongs to one identity: what it shall be (desired), what it is (reported), and what the operator notes
/// about it (tags).
///
/// A value: each update either throws and leaves it as it was, or changes it, its section's version and its etag. Times are
/// milliseconds of the wall clock since 1970.
public struct Twin: Sendable, Equatable {
    public let identity: ModuleIdentity
    /// Made when the identity was made and kept as long as the identity is there.
    public let generation: UInt64
    /// How often the document was changed; IoT Hub's `version`. Never goes back.
    public internal(set) var revision: UInt64
    /// Seen by the operator only; without stamps.
    public internal(set) var tags: TwinTree
    public internal(set) var desired: TwinSection
    public internal(set) var reported: TwinSection

    /// A new twin: both sections are empty and at version 1.
    public init(identity: ModuleIdentity, generation: UInt64, nowMs: Int64) {
        self.init(
            identity: identity, generation: generation, revision: 1, tags: TwinTree(),
            desired: TwinSection(lastUpdatedMs: nowMs), reported: TwinSection(lastUpdatedMs: nowMs))
    }

    /// A twin as it was stored; nothing is checked.
    public init(
        identity: ModuleIdentity, generation: UInt64, revision: UInt64, tags: TwinTree, desired: TwinSection, reported: TwinSection
    ) {
        self.identity = identity
        self.generation = generation
        self.revision = revision
        self.tags = tags
        self.desired = desired
        self.reported = reported
    }

    /// Differs after each accepted change. In IoT Hub's form, `AAAAAAAAAAc=`.
    public var etag: Text { Text(etagOf: revision) }
}
