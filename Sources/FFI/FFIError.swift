import JSON

/// Why a C function cannot be called, or its result not be used.
public struct FFIError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose fault it is.
    public enum Kind: Sendable {
        /// The signature itself is not callable.
        case signature
        /// The arguments do not fit the signature.
        case arguments
        /// The function was called and gave what cannot be.
        case result
    }

    public let kind: Kind
    /// The parameter it is about, counted from 0; of `arguments`, among those that are given. nil: it is about none alone.
    public let position: Int?
    /// Names the argument's position, counted from 1, its value and what would be right.
    public let reason: Text

    /// A reason about no parameter alone, or the one at a position.
    public init(_ kind: Kind, at position: Int? = nil, _ reason: Text) {
        self.kind = kind
        self.position = position
        self.reason = reason
    }

    public var description: String { reason.string }
}
