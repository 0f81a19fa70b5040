import JSON

/// Why a C function cannot be called.
public struct FFIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose fault it is.
    public enum Kind: Sendable {
        /// The signature itself is not callable.
        case signature
        /// The arguments do not fit the signature.
        case arguments
    }

    public let kind: Kind
    /// Names the argument's position, counted from 1, its value and what would be right.
    public let reason: Text

    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }

    public var description: String { reason.string }
}
