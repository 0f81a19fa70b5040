public import JSON

/// One direct method call on its way to a module.
public final class MethodCall {
    public let method: Text
    /// `.null` once the call has ended: one that nobody waits for any longer takes no memory for it.
    public private(set) var payload: JSON
    private var done: ((MethodOutcome) -> Void)?

    public init(method: Text, payload: JSON, done: @escaping (MethodOutcome) -> Void) {
        self.method = method
        self.payload = payload
        self.done = done
    }

    public var isAnswered: Bool { done == nil }

    /// Ends the call. Only the first answer counts; a late one is ignored.
    public func end(_ outcome: MethodOutcome) {
        guard let done else { return }
        self.done = nil
        payload = .null
        done(outcome)
    }
}
