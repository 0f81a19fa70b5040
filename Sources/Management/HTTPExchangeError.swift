import JSON

/// Why an exchange brought no whole response.
public struct HTTPExchangeError: Error, Equatable, Sendable {
    /// What went wrong, in kind.
    public enum Kind: Sendable {
        /// Nobody listens on the socket, or it is not there.
        case noServer
        /// The permissions of the socket do not let us in.
        case notPermitted
        /// The connection broke, or what came was no HTTP.
        case connection
        /// Not done in the time that was given.
        case timedOut
    }

    /// In kind.
    public let kind: Kind
    /// Names the socket and what the system said.
    public let reason: Text

    /// An error of a kind, with its reason in words.
    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }
}
