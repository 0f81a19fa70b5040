public import JSON

/// Why a twin update was refused.
public struct TwinError: Error, Equatable, Sendable {
    /// What sort of refusal it is.
    public enum Kind: Sendable {
        /// A key or value that no twin may hold.
        case invalid
        /// Over one of IoT Hub's limits of size or depth.
        case tooLarge
        /// The etag that was asked for is not the current one.
        case conflict
    }

    public let kind: Kind
    /// Where, from the section on: `desired.control.gain`.
    public let path: Text
    /// What is there.
    public let value: Text
    /// What would be right.
    public let limit: Text

    public init(_ kind: Kind, path: Text, value: Text, limit: Text) {
        self.kind = kind
        self.path = path
        self.value = value
        self.limit = limit
    }

    /// `desired.name: a string of 5000 bytes; at most 4096 are allowed`
    public var reason: Text { "\(path): \(value); \(limit)" }
}
