import CUV

/// What threads share is behind one of these: a mutex, and a condition to wait for while it is held. The only lock of the program.
public final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<uv_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<uv_cond_t>.allocate(capacity: 1)

    public init() {
        // glibc's cannot fail without special attributes.
        uv_mutex_init(mutex)
        uv_cond_init(changed)
    }

    deinit {
        uv_cond_destroy(changed)
        uv_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Waits until nobody holds it. Not twice on one thread.
    public func take() { uv_mutex_lock(mutex) }
    /// Takes it if nobody holds it.
    public func tryTake() -> Bool { uv_mutex_trylock(mutex) == 0 }
    /// By the thread that took it.
    public func give() { uv_mutex_unlock(mutex) }

    /// While it is held: gives it up until `signal`, and takes it again. May return for no reason.
    func wait() { uv_cond_wait(changed, mutex) }

    /// Wakes one that waits.
    func signal() { uv_cond_signal(changed) }
}
