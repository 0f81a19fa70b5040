import CMartlet

/// Something asked of the host whose outcome comes later. The host keeps it until then; its address is the C context.
final class Pending {
    enum Completion {
        case done((Int32, UInt64) -> Void)
        case answer((Result<MethodAnswer, HostError>) -> Void)
    }

    unowned(unsafe) let host: Host
    let completion: Completion
    /// Its place in the host's list.
    var index = 0

    init(_ host: Host, _ completion: Completion) {
        self.host = host
        self.completion = completion
    }

    static let done: @convention(c) (UnsafeMutableRawPointer?, Int32, UInt64) -> Void = { context, result, version in
        guard let pending = Pending.take(context), case .done(let complete) = pending.completion else { return }
        complete(result, version)
    }

    static let answer: @convention(c) (UnsafeMutableRawPointer?, Int32, Int32, martlet_bytes) -> Void = {
        context, result, status, payload in
        guard let pending = Pending.take(context), case .answer(let complete) = pending.completion else { return }
        if let failure = HostError(failure: result) {
            complete(.failure(failure))
        } else {
            complete(.success(MethodAnswer(status: status, payload: JSONText([UInt8](payload)))))
        }
    }

    private static func take(_ context: UnsafeMutableRawPointer?) -> Pending? {
        guard let context else { return nil }
        let pending = Unmanaged<Pending>.fromOpaque(context).takeUnretainedValue()
        pending.host.forget(pending)
        return pending
    }
}
