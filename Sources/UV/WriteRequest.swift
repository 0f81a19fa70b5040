import CUV

/// A write that the system did not take at once: libuv's request, and behind it in the same memory a copy of the bytes.
final class WriteRequest {
    private let count: Int
    private let done: ((UVError?) -> Void)?

    private init(count: Int, done: ((UVError?) -> Void)?) {
        self.count = count
        self.done = done
    }

    /// - Returns: libuv's status; when it is negative `done` will not be called.
    static func start(
        _ stream: UnsafeMutablePointer<uv_stream_t>, _ bytes: UnsafeRawBufferPointer, _ done: ((UVError?) -> Void)?
    ) -> Int32 {
        let header = MemoryLayout<uv_write_t>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: header + bytes.count, alignment: 16)
        let copy = UnsafeMutableRawBufferPointer(start: memory + header, count: bytes.count)
        copy.copyMemory(from: bytes)
        let request = memory.assumingMemoryBound(to: uv_write_t.self)
        let retained = Unmanaged.passRetained(WriteRequest(count: bytes.count, done: done))
        request.pointee.data = retained.toOpaque()
        var buffer = Stream.buffer(UnsafeRawBufferPointer(copy))
        let status = uv_write(request, stream, &buffer, 1) { request, status in
            guard let request, let data = request.pointee.data else { return }
            let finished = Unmanaged<WriteRequest>.fromOpaque(data).takeRetainedValue()
            let stream = Handle.owner(request.pointee.handle.pointee.data, as: Stream.self)
            UnsafeMutableRawPointer(request).deallocate()
            finished.done?(status < 0 ? UVError(code: status) : nil)
            stream?.wrote(finished.count, isSent: status >= 0)
        }
        if status < 0 {
            retained.release()
            memory.deallocate()
        }
        return status
    }
}
