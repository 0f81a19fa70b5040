import JSON

/// Why the device refused what an operator asked for.
public struct ControlError: Error, Equatable, Sendable {
    /// What is wrong, in kind; `status` follows from it.
    public enum Kind: Sendable {
        /// A name or value is not valid.
        case invalid
        /// No such module, method, twin or identity; or it is not running.
        case notFound
        /// What is asked for does not fit the present state.
        case conflict
        /// The etag in `If-Match` is not the current one.
        case preconditionFailed
        /// Over one of IoT Hub's limits.
        case tooLarge
        /// A queue is full and its rule is to refuse, or too many calls are under way.
        case full
        /// The state folder could not take it.
        case storage
        /// The host is stopping, or has not started yet.
        case unavailable
        /// No answer in time.
        case timedOut
        /// Anything else.
        case failed
    }

    /// In kind.
    public let kind: Kind
    /// Names place, value and what would be right.
    public let message: Text

    /// An error of a kind, with its message.
    public init(_ kind: Kind, _ message: Text) {
        self.kind = kind
        self.message = message
    }

    /// The HTTP status with which the socket answers.
    public var status: Int {
        switch kind {
        case .invalid: 400
        case .notFound: 404
        case .conflict: 409
        case .preconditionFailed: 412
        case .tooLarge: 413
        case .full: 429
        case .storage, .failed: 500
        case .unavailable: 503
        case .timedOut: 504
        }
    }
}
