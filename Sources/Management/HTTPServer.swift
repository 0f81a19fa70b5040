public import HTTP
public import JSON
public import Transport
public import UV

/// HTTP/1.1 on a unix socket or a TCP port, plain or with TLS. Each connection serves one request at a time, in order.
///
/// There is no timer while nobody is connected, nor while all that is open are streams that wait for something to say.
public final class HTTPServer {
    /// Takes a request and the way to answer it.
    public typealias Handler = (HTTPRequest, Responder) -> Void

    let limits: HTTPServerLimits
    let handle: Handler
    /// Asked about requests whose body is still to come, without it: what it answers is the last of the connection, and the body is not
    /// kept. nil, and an answer of nil: the body is waited for.
    public var refusesHead: ((HTTPRequest) -> HTTPResponse?)?
    /// nil: who comes when all connections are taken is refused. Else it takes the place of one that is not missed, and this is called: of
    /// the oldest that has not shown who it is (`Responder.trust`), else that has finished sending, else that has nothing under way.
    public var onMakingRoom: (() -> Void)?
    private let loop: Loop
    private let timer: Timer
    private var timerIsFor: UInt64 = 0
    private let tls: TLSAcceptor?
    private var listener: Listener?
    private var connections: [HTTPConnection] = []

    /// - Parameters:
    ///   - path: of the socket; at most 107 bytes.
    ///   - mode: the permissions of the socket.
    ///   - handle: is called for each request, on the loop's thread, and answers through the responder now or later.
    /// - Throws: `UVError.addressInUse` where another process listens there.
    public init(
        _ loop: Loop, path: String, mode: UInt32 = 0o600, limits: HTTPServerLimits = HTTPServerLimits(), handle: @escaping Handler
    ) throws(UVError) {
        self.loop = loop
        self.limits = limits
        self.handle = handle
        tls = nil
        timer = Timer(loop)
        // The listener goes with the server: `deinit` closes it before anything of it could call back.
        let server = Unmanaged.passUnretained(self)
        listener = try Listener.unix(loop, path: path, mode: mode) { server.takeUnretainedValue().accept($0) }
    }

    /// - Parameters:
    ///   - ip: an IPv4 or IPv6 literal.
    ///   - port: 0 for any free one, see `port`.
    ///   - tls: makes the handshakes; nil: plain HTTP. The time of a first request includes the handshake.
    ///   - handle: as of the other.
    /// - Throws: `UVError.addressInUse`, EADDRNOTAVAIL, EACCES for ports below 1024, EINVAL for what is no address.
    public init(
        _ loop: Loop, host ip: Text, port: UInt16, tls: TLSAcceptor? = nil, limits: HTTPServerLimits = HTTPServerLimits(),
        handle: @escaping Handler
    ) throws(UVError) {
        self.loop = loop
        self.limits = limits
        self.handle = handle
        self.tls = tls
        timer = Timer(loop)
        let server = Unmanaged.passUnretained(self)
        listener = try Listener.tcp(loop, host: ip.string, port: port) { server.takeUnretainedValue().accept($0) }
    }

    deinit {
        close()
    }

    /// The TCP port; 0 for a unix socket, and once it is closed.
    public var port: UInt16 { listener?.port ?? 0 }

    /// Closes the socket and all connections. Idempotent.
    public func close() {
        listener?.close()
        listener = nil
        timer.stop()
        let open = connections
        connections = []
        for connection in open { connection.close() }
    }

    /// How many clients are connected.
    public var connectionCount: Int { connections.count }

    private func accept(_ stream: Stream) {
        if connections.count >= limits.connections { makeRoom() }
        guard connections.count < limits.connections else {
            // A handshake is too much work for a refusal.
            if tls != nil { return }
            let text = "all \(limits.connections) connections of this socket are taken: try again later"
            let bytes = HTTPResponse.failure(503, "\(text)").bytes(keepsAlive: false)
            stream.write(bytes) { _ in stream.close() }
            return
        }
        let connection = HTTPConnection(Transport(stream, tls: tls), server: self)
        connections.append(connection)
        connection.open()
    }

    private func makeRoom() {
        guard let onMakingRoom else { return }
        let dispensable =
            connections.first { !$0.isTrusted } ?? connections.first { $0.inputHasEnded } ?? connections.first { $0.isIdle }
        guard let dispensable else { return }
        dispensable.close()
        onMakingRoom()
    }

    func forget(_ connection: HTTPConnection) {
        connections.removeAll { $0 === connection }
        if !connections.contains(where: { $0.deadline != nil }) { timer.stop() }
    }

    // MARK: - Time

    /// When something must have happened that is to happen within `ms` milliseconds.
    func deadline(in ms: UInt64) -> UInt64 {
        let deadline = Loop.monotonicMs + ms
        if !timer.isActive || deadline < timerIsFor { wake(at: deadline) }
        return deadline
    }

    private func wake(at deadline: UInt64) {
        timerIsFor = deadline
        let now = Loop.monotonicMs
        let server = Unmanaged.passUnretained(self)
        timer.start(afterMs: deadline > now ? deadline - now : 0, everyMs: 0) { server.takeUnretainedValue().expire() }
    }

    private func expire() {
        let now = Loop.monotonicMs
        for connection in connections {
            if let deadline = connection.deadline, deadline <= now { connection.expire() }
        }
        var next: UInt64?
        for connection in connections {
            if let deadline = connection.deadline { next = min(next ?? deadline, deadline) }
        }
        if let next { wake(at: next) }
    }
}
