import CPOSIX
import CUV

/// Wakes the loop from another thread. Many `wake` calls may end in one `woken`.
///
/// An eventfd watched by the loop: `uv_async_send` of libuv 1.44 can spin for 70 µs when sender and loop share a core.
public final class Wakeup: @unchecked Sendable {
    /// An eventfd, for C code on other threads: writing the 8 bytes of a 1 does what `wake` does. Open as long as this object is there.
    public let descriptor: Int32
    private let watcher: PollWatcher

    /// Keeps `Loop.run` going until closed.
    /// - Parameter woken: called on the loop's thread.
    /// - Throws: EMFILE or ENFILE when there are too many open descriptors.
    public init(_ loop: Loop, _ woken: @escaping () -> Void) throws(UVError) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw UVError(errno: martlet_errno()) }
        let watcher: PollWatcher
        do throws(UVError) {
            watcher = try PollWatcher(loop, fileDescriptor: descriptor)
        } catch {
            _ = CPOSIX.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.watcher = watcher
        watcher.start(readable: true) { _, _ in
            var count: UInt64 = 0
            _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
            woken()
        }
    }

    /// The last reference may go on any thread once it is closed; before, only on the loop's.
    deinit {
        watcher.close()
        _ = CPOSIX.close(descriptor)
    }

    /// From any thread, also after `close`, when it does nothing.
    public nonisolated func wake() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the loop is about to wake up.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// On the loop's thread. Idempotent. `woken` is not called any more, and released.
    public func close() {
        watcher.close()
    }

    /// Whether it keeps `Loop.run` going. True at first. On the loop's thread.
    public func keepsLoopRunning(_ keeps: Bool) {
        watcher.keepsLoopRunning(keeps)
    }
}
