import JSON

/// What the module answered: its own status, which is no HTTP status, and its payload.
public struct MethodAnswer: Sendable, Equatable {
    /// The module's own number.
    public var status: Int
    /// `.null` where it answered with none.
    public var payload: JSON

    /// An answer.
    public init(status: Int, payload: JSON) {
        self.status = status
        self.payload = payload
    }
}
