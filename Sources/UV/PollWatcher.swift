import CUV

/// Watches a file descriptor of a library that does its own reading and writing. The descriptor stays the caller's: close the
/// watcher first, then the descriptor.
public final class PollWatcher {
    private let loop: Loop
    private let handle: Handle?
    private var ready: ((PollEvents) -> Void)?

    /// - Throws: EPERM for what cannot be watched (files, `/dev/null`), EBADF, EEXIST when the loop watches it already.
    public init(_ loop: Loop, fileDescriptor: Int32) throws(UVError) {
        self.loop = loop
        do throws(UVError) {
            handle = try Handle(UV_POLL, loop.raw) {
                uv_poll_init($0, $1.assumingMemoryBound(to: uv_poll_t.self), fileDescriptor)
            }
        } catch {
            handle = nil
            throw error
        }
        handle?.setOwner(self)
    }

    /// Calls `ready` as long as the descriptor is ready, once a turn. Replaces what was watched before. After `.failed` it
    /// is not called any more. A hang-up counts as ready for whatever else was asked for: the read or write then tells.
    public func start(_ events: PollEvents, _ ready: @escaping (PollEvents) -> Void) {
        guard let poll: UnsafeMutablePointer<uv_poll_t> = handle?.pointer() else { return }
        self.ready = ready
        uv_poll_start(poll, events.rawValue) { poll, status, events in
            Handle.owner(poll?.pointee.data, as: PollWatcher.self)?.became(status < 0 ? .failed : PollEvents(rawValue: events))
        }
    }

    /// As above, for those who only read and write: a failure counts as ready for both.
    public func start(
        readable: Bool, writable: Bool = false, _ ready: @escaping (_ readable: Bool, _ writable: Bool) -> Void
    ) {
        start(PollEvents(rawValue: (readable ? PollEvents.readable.rawValue : 0) | (writable ? PollEvents.writable.rawValue : 0))) {
            let failed = $0.contains(.failed)
            ready(failed || $0.contains(.readable), failed || $0.contains(.writable))
        }
    }

    /// Idempotent. The closure is released.
    public func stop() {
        ready = nil
        guard let poll: UnsafeMutablePointer<uv_poll_t> = handle?.pointer() else { return }
        uv_poll_stop(poll)
    }

    /// Idempotent.
    public func close() {
        ready = nil
        handle?.close()
    }

    private func became(_ events: PollEvents) {
        ready?(events)
    }

    /// Whether the watcher, while it is started, keeps `Loop.run` going. True at first.
    func keepsLoopRunning(_ keeps: Bool) {
        handle?.keepsLoopRunning(keeps)
    }
}
