import CUV

extension Stream {
    /// Connects to a unix socket.
    /// - Parameter connected: once, in a later turn: the stream, or ENOENT, ECONNREFUSED, EACCES; ENAMETOOLONG past 107 bytes;
    ///   ECANCELED when the returned stream was closed first.
    /// - Returns: the stream to come. Close it to give up; otherwise there is no need to keep it until `connected`.
    @discardableResult
    public static func connect(
        _ loop: Loop, unixPath path: String, _ connected: @escaping (Result<Stream, UVError>) -> Void
    ) -> Stream? {
        attempt(loop, connected) { () throws(UVError) in
            try SocketAddress.checkUnixPath(path)
            let stream = Stream(loop, try pipeHandle(loop))
            guard let pipe: UnsafeMutablePointer<uv_pipe_t> = stream.handle.pointer() else { throw .canceled }
            uv_pipe_connect(ConnectRequest.make(stream, connected), pipe, path, ConnectRequest.finished)
            return stream
        }
    }

    /// Connects over TCP, without delay of small writes (TCP_NODELAY).
    /// - Parameters:
    ///   - ip: an IPv4 or IPv6 literal; a host name is EINVAL.
    ///   - connected: as for unix sockets; ETIMEDOUT after the system's own time-out of two minutes.
    @discardableResult
    public static func connect(
        _ loop: Loop, host ip: String, port: UInt16, _ connected: @escaping (Result<Stream, UVError>) -> Void
    ) -> Stream? {
        attempt(loop, connected) { () throws(UVError) in
            let stream = Stream(loop, try tcpHandle(loop))
            guard let tcp: UnsafeMutablePointer<uv_tcp_t> = stream.handle.pointer() else { throw .canceled }
            try SocketAddress.with(ip: ip, port: port) { address in
                let request = ConnectRequest.make(stream, connected)
                let status = uv_tcp_connect(request, tcp, address, ConnectRequest.finished)
                if status < 0 { ConnectRequest.discard(request) }
                return status
            }
            uv_tcp_nodelay(tcp, 1)
            return stream
        }
    }

    /// What cannot even be tried is told in a later turn, like the rest.
    private static func attempt(
        _ loop: Loop, _ connected: @escaping (Result<Stream, UVError>) -> Void, _ start: () throws(UVError) -> Stream
    ) -> Stream? {
        do throws(UVError) {
            return try start()
        } catch {
            let failure = error
            loop.soon { connected(.failure(failure)) }
            return nil
        }
    }
}
