import JSON

/// What the module answered: its own status, which is no HTTP status, and its payload.
public struct MethodAnswer: Sendable, Equatable {
    public var status: Int
    public var payload: JSON

    public init(status: Int, payload: JSON) {
        self.status = status
        self.payload = payload
    }
}
