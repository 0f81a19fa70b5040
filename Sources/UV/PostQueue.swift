import CPOSIX
import CUV

/// What other threads ask a loop's thread to run: one queue and one eventfd for each loop, however many mailboxes it has.
///
/// It does not retain the loop, which owns it; mailboxes may outlive both.
final class PostQueue: @unchecked Sendable {
    let lock = Lock()
    /// Mailboxes in which something waits. Under the lock, as are the mailboxes' own lists.
    private var filled: [Mailbox] = []
    /// -1 once closed. Under the lock.
    private var descriptor: Int32
    /// Of the loop's thread.
    private let handle: Handle

    init(_ raw: UnsafeMutablePointer<uv_loop_t>?) throws(UVError) {
        let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard descriptor >= 0 else { throw UVError(errno: martlet_errno()) }
        do throws(UVError) {
            handle = try Handle(UV_POLL, raw) { uv_poll_init($0, $1.assumingMemoryBound(to: uv_poll_t.self), descriptor) }
        } catch {
            _ = CPOSIX.close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        handle.setOwner(self)
        handle.keepsLoopRunning(false)
        uv_poll_start(handle.pointer(), Int32(UV_READABLE.rawValue)) { poll, _, _ in
            Handle.owner(poll?.pointee.data, as: PostQueue.self)?.runWaiting()
        }
    }

    deinit {
        close()
    }

    /// On the loop's thread. What waits is dropped, and nothing is taken any more. Idempotent.
    func close() {
        handle.close()
        lock.take()
        if descriptor >= 0 { _ = CPOSIX.close(descriptor) }
        descriptor = -1
        let dropped = filled
        filled = []
        lock.give()
        for mailbox in dropped { _ = mailbox.takeWaiting() }
    }

    /// Under the lock, from any thread: something waits in this mailbox, where nothing did.
    /// - Returns: false once closed.
    func add(_ mailbox: Mailbox) -> Bool {
        guard descriptor >= 0 else { return false }
        filled.append(mailbox)
        if filled.count == 1 {
            var one: UInt64 = 1
            _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
        }
        return true
    }

    private func runWaiting() {
        lock.take()
        var count: UInt64 = 0
        _ = read(descriptor, &count, MemoryLayout<UInt64>.size)
        let mailboxes = filled
        filled = []
        lock.give()
        for mailbox in mailboxes { mailbox.runWaiting() }
    }
}
