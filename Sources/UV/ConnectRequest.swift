import CUV

/// A connect under way. It holds the stream until it is decided.
final class ConnectRequest {
    private let stream: Stream
    private let connected: (Result<Stream, UVError>) -> Void

    private init(_ stream: Stream, _ connected: @escaping (Result<Stream, UVError>) -> Void) {
        self.stream = stream
        self.connected = connected
    }

    /// libuv's request; freed by `finished` or `discard`.
    static func make(
        _ stream: Stream, _ connected: @escaping (Result<Stream, UVError>) -> Void
    ) -> UnsafeMutablePointer<uv_connect_t> {
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        request.pointee.data = Unmanaged.passRetained(ConnectRequest(stream, connected)).toOpaque()
        return request
    }

    /// Takes the request back and frees libuv's part.
    private static func take(_ request: UnsafeMutablePointer<uv_connect_t>) -> ConnectRequest? {
        let data = request.pointee.data
        request.deallocate()
        return data.map { Unmanaged<ConnectRequest>.fromOpaque($0).takeRetainedValue() }
    }

    /// For a request that libuv did not accept.
    static func discard(_ request: UnsafeMutablePointer<uv_connect_t>) {
        _ = take(request)
    }

    static let finished: uv_connect_cb = { request, status in
        guard let request, let attempt = take(request) else { return }
        if status < 0 {
            attempt.stream.close()
            attempt.connected(.failure(UVError(code: status)))
        } else {
            attempt.connected(.success(attempt.stream))
        }
    }
}
