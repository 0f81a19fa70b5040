import CPOSIX
import CUV

/// A connected pipe (unix socket, standard stream) or TCP connection. Dropping it closes it.
public final class Stream {
    let loop: Loop
    let handle: Handle
    private var onBytes: ((UnsafeRawBufferPointer) -> Void)?
    private var onEnd: ((UVError?) -> Void)?
    private var isPaused = false

    /// Bytes that were given to `write` and that the system has not taken yet. The writer keeps them bounded.
    public internal(set) var unsentBytes = 0

    /// Bytes that the system has taken, ever.
    var sentBytes: UInt64 = 0

    /// Called each time `unsentBytes` falls to 0. Released by `close`.
    public var onDrain: (() -> Void)?

    /// A stream on a handle that is connected or will be.
    init(_ loop: Loop, _ handle: Handle) {
        self.loop = loop
        self.handle = handle
        handle.setOwner(self)
    }

    /// A stream on a descriptor that is open already: a pipe, a socket or a terminal, not a file. It becomes non-blocking. The
    /// stream owns it from here on, and closes it; when this throws it stays the caller's.
    /// - Throws: EINVAL for a file, a device such as `/dev/null`, a datagram socket, or a descriptor that is not open.
    public convenience init(_ loop: Loop, fileDescriptor: Int32) throws(UVError) {
        let kind = uv_guess_handle(fileDescriptor)
        if kind == UV_TCP {
            let handle = try Stream.tcpHandle(loop)
            try UVError.check(uv_tcp_open(handle.pointer(), fileDescriptor))
            self.init(loop, handle)
        } else if kind == UV_NAMED_PIPE || kind == UV_TTY {
            let handle = try Stream.pipeHandle(loop)
            try UVError.check(uv_pipe_open(handle.pointer(), fileDescriptor))
            self.init(loop, handle)
        } else {
            throw .invalid
        }
    }

    /// A stream into a pipe, and the end that is read, which is the caller's.
    static func pipe(_ loop: Loop) throws(UVError) -> (stream: Stream, readEnd: Int32) {
        var ends: (read: Int32, write: Int32) = (-1, -1)
        try UVError.check(withUnsafeMutableBytes(of: &ends) { uv_pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self), 0, 0) })
        do throws(UVError) {
            return (stream: try Stream(loop, fileDescriptor: ends.write), readEnd: ends.read)
        } catch {
            CPOSIX.close(ends.read)
            CPOSIX.close(ends.write)
            throw error
        }
    }

    static func pipeHandle(_ loop: Loop) throws(UVError) -> Handle {
        try Handle(UV_NAMED_PIPE, loop.raw) { uv_pipe_init($0, $1.assumingMemoryBound(to: uv_pipe_t.self), 0) }
    }

    static func tcpHandle(_ loop: Loop) throws(UVError) -> Handle {
        try Handle(UV_TCP, loop.raw) { uv_tcp_init($0, $1.assumingMemoryBound(to: uv_tcp_t.self)) }
    }

    /// False after `close`.
    public var isOpen: Bool { handle.isOpen }

    /// The process that connected or, on the connecting side, that listens. nil where it is no unix socket, or closed.
    public var peerProcessID: Int32? {
        guard let pointer: UnsafeMutablePointer<uv_handle_t> = handle.pointer() else { return nil }
        var descriptor: uv_os_fd_t = -1
        guard uv_fileno(pointer, &descriptor) == 0 else { return nil }
        let process = martlet_peer_process(descriptor)
        return process > 0 ? process : nil
    }

    /// Bytes of what was written here that the other side has read, ever. Only of a pipe that is none of sockets; of that also after the
    /// end of the process that read. At least so many: what is on its way is not counted. nil: not known, or closed.
    public var readBytes: UInt64? {
        guard let pointer: UnsafeMutablePointer<uv_handle_t> = handle.pointer() else { return nil }
        var descriptor: uv_os_fd_t = -1
        guard uv_fileno(pointer, &descriptor) == 0 else { return nil }
        let unread = martlet_unread_bytes(descriptor)
        guard unread >= 0 else { return nil }
        return sentBytes - min(sentBytes, UInt64(unread))
    }

    /// Starts reading, 64 KB a turn at most: a stream that floods does not keep others waiting. Replaces the closures of an earlier
    /// call.
    /// - Parameters:
    ///   - bytes: what came, 64 KB at most, valid until it returns. The memory may be written to, to decrypt in place.
    ///   - end: once, at the end: nil when the other side has finished, else why reading failed. Writing is still possible; the
    ///     stream stays open until `close`.
    public func read(_ bytes: @escaping (UnsafeRawBufferPointer) -> Void, end: @escaping (UVError?) -> Void) {
        onBytes = bytes
        onEnd = end
        resumeReading()
    }

    /// No bytes are read until `resumeReading`; the other side feels it when the system's buffers are full. Nor is its end noticed.
    public func pauseReading() {
        isPaused = true
        guard let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else { return }
        uv_read_stop(stream)
    }

    /// A full buffer came: libuv would read on, up to 2 MB, before anybody else has a turn.
    private func letOthersRun() {
        guard !isPaused, let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else { return }
        uv_read_stop(stream)
        loop.soon { [self] in
            if !isPaused { resumeReading() }
        }
    }

    /// Goes on after `pauseReading`. Does nothing before `read` and after the end.
    public func resumeReading() {
        isPaused = false
        guard onEnd != nil, let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else { return }
        let status = uv_read_start(
            stream,
            { handle, _, buffer in
                guard let stream = Handle.owner(handle?.pointee.data, as: Stream.self) else { return }
                let shared = stream.loop.sharedReadBuffer()
                buffer?.pointee = uv_buf_init(
                    shared.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(shared.count))
            },
            { handle, count, buffer in
                guard let stream = Handle.owner(handle?.pointee.data, as: Stream.self) else { return }
                if count > 0 {
                    stream.onBytes?(UnsafeRawBufferPointer(start: buffer?.pointee.base, count: count))
                    if count == stream.loop.sharedReadBuffer().count { stream.letOthersRun() }
                } else if count < 0 {
                    stream.readEnded(Int32(truncatingIfNeeded: count))
                }
            })
        guard status < 0, status != UV_EALREADY.rawValue else { return }
        // The end is told later and not from inside this call.
        loop.soon { self.readEnded(status) }
    }

    private func readEnded(_ status: Int32) {
        pauseReading()
        let end = onEnd
        onBytes = nil
        onEnd = nil
        end?(status == UV_EOF.rawValue ? nil : UVError(code: status))
    }

    /// Closes now, without sending what is still unsent. No closure is called any more, except that pending writes end with
    /// ECANCELED in a later turn; all are released. Idempotent.
    public func close() {
        onBytes = nil
        onEnd = nil
        onDrain = nil
        unsentBytes = 0
        handle.close()
    }
}
