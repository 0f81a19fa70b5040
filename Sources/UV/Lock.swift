import CUV

/// What threads share is behind one of these: a mutex, and a condition to wait for while it is held. The only lock of the program.
final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<uv_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<uv_cond_t>.allocate(capacity: 1)

    init() {
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

    func take() { uv_mutex_lock(mutex) }
    func give() { uv_mutex_unlock(mutex) }

    /// While it is held: gives it up until `signal`, and takes it again. May return for no reason.
    func wait() { uv_cond_wait(changed, mutex) }

    /// Wakes one that waits.
    func signal() { uv_cond_signal(changed) }
}
