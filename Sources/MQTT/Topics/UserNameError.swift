public import JSON

/// Why a user name says of no identity.
public struct UserNameError: Error, Equatable, Sendable {
    /// For people: what was wrong, and what would be right.
    public let reason: Text

    init(_ reason: Text) {
        self.reason = reason
    }
}
