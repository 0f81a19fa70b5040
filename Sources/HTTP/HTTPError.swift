public import JSON

/// Why bytes are not a message that we take. The connection cannot be used any more.
public struct HTTPError: Error, Equatable, Sendable {
    /// What is wrong, in kind; `status` follows from it.
    public enum Kind: Sendable {
        /// Not HTTP, or a target that does not decode.
        case malformed
        /// `HTTPLimits.url`.
        case urlTooLong
        /// `HTTPLimits.headers` or `headerCount`.
        case headersTooLarge
        /// `HTTPLimits.body`.
        case bodyTooLarge
        /// A method or transfer coding that we do not have.
        case notImplemented
        /// Neither HTTP/1.0 nor HTTP/1.1.
        case versionNotSupported
        /// The connection ended inside a message.
        case truncated
    }

    /// In kind.
    public let kind: Kind
    /// What is wrong and what would be right.
    public let reason: Text

    /// An error of a kind, with its reason in words.
    public init(_ kind: Kind, _ reason: Text) {
        self.kind = kind
        self.reason = reason
    }

    /// The status with which a server answers.
    public var status: Int {
        switch kind {
        case .malformed, .truncated: 400
        case .urlTooLong: 414
        case .headersTooLarge: 431
        case .bodyTooLarge: 413
        case .notImplemented: 501
        case .versionNotSupported: 505
        }
    }
}
