public import JSON

/// Why a text is no connection string. Shows no value that may be a secret.
public struct ConnectionStringError: Error, Equatable, Sendable {
    /// For people: which part is wrong, and what would be right.
    public let reason: Text

    public init(_ reason: Text) {
        self.reason = reason
    }
}
