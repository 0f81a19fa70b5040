import CUV

extension Stream {
    /// Writes after what was written before. What the system takes at once is not copied; of the rest the stream keeps a copy
    /// until it is sent.
    /// - Parameter done: once, in a later turn: nil when the system has taken all, EPIPE or ECONNRESET when the other side is
    ///   gone, ECANCELED when the stream was closed first. Not called when the loop is closed before that turn.
    public func write(_ bytes: [UInt8], done: ((UVError?) -> Void)? = nil) {
        bytes.withUnsafeBytes { write($0, done: done) }
    }

    /// The same for bytes that are valid until this returns.
    public func write(_ bytes: UnsafeRawBufferPointer, done: ((UVError?) -> Void)? = nil) {
        guard let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else {
            return finish(done, .canceled)
        }
        guard !bytes.isEmpty || unsentBytes > 0 else { return finish(done, nil) }
        var sent = 0
        if unsentBytes == 0 {
            var buffer = Stream.buffer(bytes)
            let status = uv_try_write(stream, &buffer, 1)
            if status < 0 && status != UV_EAGAIN.rawValue { return finish(done, UVError(code: status)) }
            sent = max(0, Int(status))
            sentBytes += UInt64(sent)
        }
        if sent == bytes.count && !bytes.isEmpty { return finish(done, nil) }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
        let status = WriteRequest.start(stream, rest, done)
        if status < 0 { return finish(done, UVError(code: status)) }
        unsentBytes += rest.count
    }

    /// Tells the other side that nothing more comes, after what is still unsent. It sees the end of the stream. Reading goes on.
    /// On a pipe that is no socket this closes the stream.
    public func finishWriting() {
        guard let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else { return }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let status = uv_shutdown(request, stream) { request, status in
            if status == UV_ENOTSOCK.rawValue {
                Handle.owner(request?.pointee.handle.pointee.data, as: Stream.self)?.close()
            }
            request?.deallocate()
        }
        // ENOTCONN: finished before, or the other side is gone. Reading and writing tell.
        if status < 0 { request.deallocate() }
    }

    static func buffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        return uv_buf_init(base?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
    }

    private func finish(_ done: ((UVError?) -> Void)?, _ error: UVError?) {
        guard let done else { return }
        loop.soon { done(error) }
    }

    func wrote(_ count: Int, isSent: Bool) {
        if isSent { sentBytes += UInt64(count) }
        unsentBytes -= count
        if unsentBytes == 0 { onDrain?() }
    }
}
