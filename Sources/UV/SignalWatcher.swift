import CPOSIX
import CUV

/// Calls back on the loop when the process gets a signal, instead of what the signal would do. Dropped, the signal does again
/// what it did before.
public final class SignalWatcher {
    private let loop: Loop
    private let signal: Int32
    private let handle: Handle
    private var received: (() -> Void)?

    /// - Throws: EINVAL for a number that is no signal, or one that cannot be caught (SIGKILL, SIGSTOP).
    public init(_ loop: Loop, signal: Int32, _ received: @escaping () -> Void) throws(UVError) {
        let handle = try Handle(UV_SIGNAL, loop.raw) { uv_signal_init($0, $1.assumingMemoryBound(to: uv_signal_t.self)) }
        self.loop = loop
        self.signal = signal
        self.handle = handle
        self.received = received
        handle.setOwner(self)
        try UVError.check(
            uv_signal_start(
                handle.pointer(),
                { signal, _ in Handle.owner(signal?.pointee.data, as: SignalWatcher.self)?.received?() }, signal))
    }

    /// Closes it, and the signal does nothing from here on: for a process that is about to end, which no further one cuts short.
    public func closeAndIgnore() {
        var this = sigset_t()
        sigemptyset(&this)
        sigaddset(&this, signal)
        // Between the two it would do what it did at first.
        pthread_sigmask(SIG_BLOCK, &this, nil)
        close()
        martlet_ignore_signal(signal)
        pthread_sigmask(SIG_UNBLOCK, &this, nil)
    }

    /// How often the signal has come, also while the loop is held up: for other threads to look at, until `close`. nil once closed.
    public var count: UnsafePointer<UInt32>? {
        handle.pointer(as: uv_signal_t.self).map { withUnsafePointer(to: &$0.pointee.caught_signals) { $0 } }
    }

    /// Idempotent.
    public func close() {
        received = nil
        handle.close()
    }
}
