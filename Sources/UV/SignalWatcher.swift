import CUV

/// Calls back on the loop when the process gets a signal, instead of what the signal would do. Dropped, the signal does again
/// what it did before.
public final class SignalWatcher {
    private let loop: Loop
    private let handle: Handle
    private var received: (() -> Void)?

    /// - Throws: EINVAL for a number that is no signal, or one that cannot be caught (SIGKILL, SIGSTOP).
    public init(_ loop: Loop, signal: Int32, _ received: @escaping () -> Void) throws(UVError) {
        let handle = try Handle(UV_SIGNAL, loop.raw) { uv_signal_init($0, $1.assumingMemoryBound(to: uv_signal_t.self)) }
        self.loop = loop
        self.handle = handle
        self.received = received
        handle.setOwner(self)
        try UVError.check(
            uv_signal_start(
                handle.pointer(),
                { signal, _ in Handle.owner(signal?.pointee.data, as: SignalWatcher.self)?.received?() }, signal))
    }

    /// Idempotent.
    public func close() {
        received = nil
        handle.close()
    }
}
