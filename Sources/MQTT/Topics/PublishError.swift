public import JSON

/// Why a publish of a client is not taken. It is not acknowledged, and the connection ends: nothing is lost in silence.
public struct PublishError: Error, Equatable, Sendable {
    /// What is wrong, for counters.
    public enum Kind: Sendable {
        /// The topic means nothing.
        case unknownTopic
        /// The topic is that of another identity.
        case foreignTopic
        /// The topic is known, but what stands in it is not valid: a property bag, a `$rid`, a status.
        case malformedTopic
        /// Over one of IoT Hub's limits.
        case tooLarge
        /// QoS 2.
        case quality
    }

    public let kind: Kind
    /// For people: what was wrong, and what would be right.
    public let reason: Text

    init(_ kind: Kind, _ reason: Text) {
        (self.kind, self.reason) = (kind, reason)
    }
}

extension PublishError: CustomStringConvertible {
    public var description: String { reason.string }
}
