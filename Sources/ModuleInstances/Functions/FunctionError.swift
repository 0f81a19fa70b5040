import JSON

/// Why a function of a plain C library is not there, was not called, or gave nothing of use.
public struct FunctionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Whose fault it is.
    public enum Kind: Sendable {
        /// The library cannot be loaded, or does not have what the manifest says.
        case library
        /// The manifest describes no function of this name.
        case notFound
        /// The arguments do not fit the function.
        case arguments
        /// What the function returned is wrong, or the system lacks what is needed; another time it may go well.
        case result
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
