public import JSON

/// Why a shared access signature is not good. Shows neither the signature nor a key.
public struct SASError: Error, Equatable, Sendable {
    /// What is wrong.
    public enum Kind: Sendable, Equatable {
        /// It is no token.
        case malformed
        /// It is for another hub.
        case wrongHost
        /// It is for another device or module.
        case wrongIdentity
        case expired
        /// Neither key has signed it.
        case wrongSignature
    }

    public let kind: Kind
    /// For people: what is wrong, and what would be right.
    public let reason: Text

    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }
}
