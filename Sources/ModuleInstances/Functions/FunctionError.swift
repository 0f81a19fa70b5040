import JSON

/// Why a function of a plain C library is not there or was not called.
public struct FunctionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose fault it is.
    public enum Kind: Sendable {
        /// The library cannot be loaded, or does not have what the manifest says.
        case library
        /// The manifest describes no function of this name.
        case notFound
        /// The arguments do not fit the function.
        case arguments
    }

    public let kind: Kind
    /// Names the function, what is wrong and what would be right.
    public let reason: Text

    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }

    public var description: String { reason.string }
}
