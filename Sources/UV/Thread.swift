import CUV

/// A thread of the system. It must be joined once, or it is left running for ever.
public final class Thread {
    private var thread = uv_thread_t()

    /// Runs `body` on a new thread and ends it when that returns. `body` is released there.
    /// - Parameter stackBytes: rounded up to pages and the system's least; only what is used of it takes memory.
    /// - Throws: EAGAIN when the system has no thread left, ENOMEM.
    public init(stackBytes: Int, _ body: @escaping @Sendable () -> Void) throws(UVError) {
        // Made on this thread, before another can ask for it.
        _ = ThreadLedger.shared
        var options = uv_thread_options_t()
        options.flags = UV_THREAD_HAS_STACK_SIZE.rawValue
        options.stack_size = stackBytes
        var thread = uv_thread_t()
        let retained = Unmanaged.passRetained(Body(body))
        let status = uv_thread_create_ex(
            &thread, &options,
            { body in
                guard let body else { return }
                ThreadLedger.shared.addHost()
                Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
            }, retained.toOpaque())
        guard status == 0 else {
            retained.release()
            throw UVError(code: status)
        }
        self.thread = thread
    }

    /// Waits until the thread has ended. Once.
    public func join() {
        uv_thread_join(&thread)
    }

    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }
}
