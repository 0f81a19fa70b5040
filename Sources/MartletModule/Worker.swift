import CPOSIX

/// A thread of the module's own, for what blocks. It talks to the module through a ``Poster``.
///
/// It is waited for when this is dropped: keep it in a property of the module, and see to it in ``Module/stop()`` that it comes to
/// an end, for the host waits meanwhile. ``Poster/post(_:)`` throws from then on.
public final class Worker {
    private var thread: pthread_t?

    /// Runs `body` on a new thread, which ends when it returns.
    /// - Throws: ``HostError/full`` when the system has no thread left.
    public init(_ body: @escaping @Sendable () -> Void) throws(HostError) {
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(Body(body))
        let result = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, retained.toOpaque())
        guard result == 0 else {
            retained.release()
            throw .full
        }
        self.thread = thread
    }

    deinit {
        join()
    }

    /// Waits until it has ended. Idempotent; on the module's thread.
    public func join() {
        guard let thread else { return }
        self.thread = nil
        pthread_join(thread, nil)
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
