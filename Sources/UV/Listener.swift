import CPOSIX
import CUV

/// Accepts connections on a unix socket or a TCP port. Dropping it closes it; connections it gave out live on.
public final class Listener {
    private let loop: Loop
    private let handle: Handle
    private var onConnection: ((Stream) -> Void)?

    /// The TCP port, the chosen one where 0 was asked for; 0 for a unix socket.
    public let port: UInt16

    /// Connections the system holds until they are accepted (a suggestion; the kernel's limit is `somaxconn`).
    private static let backlog: Int32 = 128

    private init(
        _ loop: Loop, _ handle: Handle, port: UInt16, _ onConnection: @escaping (Stream) -> Void
    ) {
        self.loop = loop
        self.handle = handle
        self.port = port
        self.onConnection = onConnection
        handle.setOwner(self)
    }

    /// Listens on a unix socket. A socket that nobody listens on any more is replaced; at `close` it is removed.
    /// - Parameters:
    ///   - mode: the rights of the socket file, 0600 for the owner alone; it never has more, not even at first.
    ///   - onConnection: a stream that is not kept is closed.
    /// - Throws: ENAMETOOLONG past 107 bytes (the system's limit), EADDRINUSE when someone listens there or it is another kind of
    ///   file, ENOENT when the folder is not there, EACCES.
    public static func unix(
        _ loop: Loop, path: String, mode: UInt32 = 0o600, onConnection: @escaping (Stream) -> Void
    ) throws(UVError) -> Listener {
        try SocketAddress.checkUnixPath(path)
        let handle = try Stream.pipeHandle(loop)
        if martlet_is_stale_socket(path) == 1 { unlink(path) }
        let descriptor = martlet_bind_unix_socket(path, mode)
        try UVError.check(descriptor)
        handle.atClose = { unlink(path) }
        do throws(UVError) {
            try UVError.check(uv_pipe_open(handle.pointer(), descriptor))
        } catch {
            _ = CPOSIX.close(descriptor)
            throw error
        }
        let listener = Listener(loop, handle, port: 0, onConnection)
        try listener.listen()
        return listener
    }

    /// Listens on a TCP port. Small writes on its connections are not delayed (TCP_NODELAY).
    /// - Parameters:
    ///   - ip: an IPv4 or IPv6 literal, `0.0.0.0` or `::` for all addresses.
    ///   - port: 0 for any free one, see `port`.
    ///   - onConnection: a stream that is not kept is closed.
    /// - Throws: EADDRINUSE, EACCES for ports below 1024, EADDRNOTAVAIL, EINVAL for a host name.
    public static func tcp(
        _ loop: Loop, host ip: String, port: UInt16, onConnection: @escaping (Stream) -> Void
    ) throws(UVError) -> Listener {
        let handle = try Stream.tcpHandle(loop)
        guard let tcp: UnsafeMutablePointer<uv_tcp_t> = handle.pointer() else { throw .canceled }
        try SocketAddress.with(ip: ip, port: port) { uv_tcp_bind(tcp, $0, 0) }
        let listener = Listener(loop, handle, port: SocketAddress.port(of: tcp), onConnection)
        try listener.listen()
        return listener
    }

    private func listen() throws(UVError) {
        guard let stream: UnsafeMutablePointer<uv_stream_t> = handle.pointer() else { throw .canceled }
        try UVError.check(
            uv_listen(stream, Listener.backlog) { stream, status in
                guard status == 0 else { return }
                Handle.owner(stream?.pointee.data, as: Listener.self)?.accept()
            })
    }

    private func accept() {
        guard let server: UnsafeMutablePointer<uv_stream_t> = handle.pointer(),
            let accepted = try? server.pointee.type == UV_TCP ? Stream.tcpHandle(loop) : Stream.pipeHandle(loop),
            let client: UnsafeMutablePointer<uv_stream_t> = accepted.pointer(),
            uv_accept(server, client) == 0
        else { return }
        if client.pointee.type == UV_TCP { uv_tcp_nodelay(accepted.pointer(), 1) }
        onConnection?(Stream(loop, accepted))
    }

    /// Stops accepting; a unix socket's file is removed. Idempotent.
    public func close() {
        onConnection = nil
        handle.close()
    }
}
