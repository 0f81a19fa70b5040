public import JSON
public import ModuleIdentities

/// The document that belongs to one identity: what it shall be (desired), what it is (reported), and what the operator notes
/// about it (tags).
///
/// A value: each update either throws and leaves it as it was, or changes it, its section's version and its etag.
public struct Twin: Sendable, Equatable {
    public let identity: ModuleIdentity
    /// A decimal number, made when the identity was made and kept as long as the identity is there.
    public let generationID: Text
    /// How often the document was changed; IoT Hub's `version`. Never goes back.
    public internal(set) var revision: UInt64
    /// Seen by the operator only.
    public internal(set) var tags: JSONObject
    public internal(set) var desired: TwinSection
    public internal(set) var reported: TwinSection

    /// A new twin: both sections are empty and at version 1.
    /// - Parameter now: the wall clock, as in `TwinSection.lastUpdated`.
    public init(identity: ModuleIdentity, generationID: Text, now: Text) {
        self.init(
            identity: identity, generationID: generationID, revision: 1, tags: JSONObject(),
            desired: TwinSection(lastUpdated: now), reported: TwinSection(lastUpdated: now))
    }

    /// A twin as it was stored; nothing is checked.
    public init(
        identity: ModuleIdentity, generationID: Text, revision: UInt64, tags: JSONObject, desired: TwinSection, reported: TwinSection
    ) {
        self.identity = identity
        self.generationID = generationID
        self.revision = revision
        self.tags = tags
        self.desired = desired
        self.reported = reported
    }

    /// Differs after each accepted change. In IoT Hub's form, `AAAAAAAAAAc=`.
    public var etag: Text { Text(etagOf: revision) }
}
