import CUV

/// Watches a file descriptor of a library that does its own reading and writing. The descriptor stays the caller's: close the
/// watcher first, then the descriptor.
public final class PollWatcher {
    private let loop: Loop
    private let handle: Handle
    private var ready: ((_ readable: Bool, _ writable: Bool) -> Void)?

    /// - Throws: EPERM for what cannot be watched (files, `/dev/null`), EBADF, EEXIST when the loop watches it already.
    public init(_ loop: Loop, fileDescriptor: Int32) throws(UVError) {
        let handle = try Handle(UV_POLL, loop.raw) {
            uv_poll_init($0, $1.assumingMemoryBound(to: uv_poll_t.self), fileDescriptor)
        }
        self.loop = loop
        self.handle = handle
        handle.setOwner(self)
    }

    /// Calls `ready` as long as the descriptor is ready, once a turn. Replaces what was watched before. An error or hang-up
    /// counts as ready for whatever was asked for: the read or write then tells.
    public func start(
        readable: Bool, writable: Bool = false, _ ready: @escaping (_ readable: Bool, _ writable: Bool) -> Void
    ) {
        guard let poll: UnsafeMutablePointer<uv_poll_t> = handle.pointer() else { return }
        self.ready = ready
        let events = (readable ? UV_READABLE.rawValue : 0) | (writable ? UV_WRITABLE.rawValue : 0)
        uv_poll_start(poll, Int32(events)) { poll, status, events in
            Handle.owner(poll?.pointee.data, as: PollWatcher.self)?.became(status, UInt32(bitPattern: events))
        }
    }

    /// Idempotent. The closure is released.
    public func stop() {
        ready = nil
        guard let poll: UnsafeMutablePointer<uv_poll_t> = handle.pointer() else { return }
        uv_poll_stop(poll)
    }

    /// Idempotent.
    public func close() {
        ready = nil
        handle.close()
    }

    private func became(_ status: Int32, _ events: UInt32) {
        let failed = status < 0
        ready?(failed || events & UV_READABLE.rawValue != 0, failed || events & UV_WRITABLE.rawValue != 0)
    }

    /// Whether the watcher, while it is started, keeps `Loop.run` going. True at first.
    func keepsLoopRunning(_ keeps: Bool) {
        handle.keepsLoopRunning(keeps)
    }
}
