public import JSON

/// Why the hub refused something.
public struct HubError: Error, Equatable, Sendable {
    /// What was wrong, for those who answer with codes.
    public enum Kind: Sendable {
        /// A name or value is not valid.
        case invalid
        /// Over one of IoT Hub's limits.
        case tooLarge
        /// A queue is full and its rule is to refuse.
        case full
        /// The state folder could not take it.
        case storage
        /// No such module or twin.
        case notFound
        /// The etag or version that was asked for is not the current one.
        case conflict
    }

    public let kind: Kind
    /// Names place, value and what would be right.
    public let reason: Text

    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }
}
