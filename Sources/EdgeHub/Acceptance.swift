import ModuleLinks

/// The acknowledgement of one message: given once all its endpoints have it. The first error counts.
final class Acceptance {
    private var remaining: Int
    private var error: HubError?
    private let done: (HubError?) -> Void

    init(endpoints: Int, done: @escaping (HubError?) -> Void) {
        remaining = endpoints
        self.done = done
    }

    /// One endpoint has the message, or refused it.
    /// - Returns: what to call, later, when this was the last.
    func settle(_ error: HubError?) -> (() -> Void)? {
        if self.error == nil { self.error = error }
        remaining -= 1
        guard remaining == 0 else { return nil }
        let (done, result) = (self.done, self.error)
        return { done(result) }
    }
}
