public import JSON
import ModuleIdentities
public import ModuleLinks
import Transport
public import UV

/// Clients of the hub over MQTT 3.1.1, as IoT Hub and edgeHub speak it: on unix sockets, and on ports with TLS.
///
/// ```
///  Listener ─► MQTTConnection ── CONNECT, token ──► MQTTClient (ModuleLink) ◄── ModulePort ── hub
///                 bytes in: packets ─► rules          session, receipts          topics, twin, methods
///                 bytes out: gathered ─► written once a turn
/// ```
/// One client for each identity; a new connection of it closes the earlier one. All on the loop's thread. While nobody is connected there
/// is no timer, and nobody who is silent costs a wake-up before its keep-alive is over.
public final class MQTTServer {
    let loop: Loop
    let hub: any ClientHub
    let limits: MQTTServerLimits
    let wallMs: () -> Int64
    private let log: (Int32, Text) -> Void

    private var listeners: [Listener] = []
    /// Those that have not shown who they are, the oldest first.
    private var arriving: [MQTTConnection] = []
    /// By the hub's names. Those that are away are kept for what they have not acknowledged.
    private(set) var clients: [Text: MQTTClient] = [:]
    /// With so many, those that are not needed are looked for: identities come and go.
    private var mostClients = MQTTServer.fewClients
    private static let fewClients = 64
    private var throttle = LineThrottle()
    private let timer: Timer
    private var timerIsFor = UInt64.max
    /// With something to write.
    private var dirty: [MQTTConnection] = []
    /// Memory for what a connection writes in a turn: those that are silent have none.
    private var spareOutputs: [[UInt8]] = []
    private var isClosed = false

    /// Why a client of this `ClientName` may not connect; nil: it may. Tokens are the hub's to check. Nobody may before it is set.
    public var mayConnect: (Text) -> Text? = { _ in "the host is not ready yet" }
    /// What it has seen.
    public internal(set) var counters = MQTTCounters()

    /// - Parameters:
    ///   - hub: outlives the server.
    ///   - wallMs: milliseconds since 1970, for the end of tokens.
    ///   - log: syslog's level, and a line for people.
    public init(
        _ loop: Loop, hub: any ClientHub, limits: MQTTServerLimits = MQTTServerLimits(),
        wallMs: @escaping () -> Int64 = { WallClock.nowMs },
        log: @escaping (Int32, Text) -> Void
    ) {
        self.loop = loop
        self.hub = hub
        self.limits = limits
        self.wallMs = wallMs
        self.log = log
        timer = Timer(loop)
    }

    deinit {
        close()
    }

    // MARK: - Clients

    /// Clients that have shown who they are and have not left.
    public private(set) var connectedClients = 0

    /// Connections that have not shown who they are.
    public var arrivingConnections: Int { arriving.count }

    /// The manifest changed: who may not connect any more is cut off.
    public func recheck() {
        for client in clients.values where client.connection != nil {
            guard let reason = mayConnect(client.name) else { continue }
            say(.session, 4, "\(shown(client.name)) may not connect any more: \(reason)")
            client.connection?.close()
        }
    }

    /// Closes the listeners and all connections; nobody's will is sent. Idempotent.
    public func close() {
        isClosed = true
        for listener in listeners { listener.close() }
        listeners = []
        for connection in arriving { connection.close() }
        for client in clients.values { client.connection?.close(isGraceful: true) }
        clients = [:]
        timer.stop()
    }

    // MARK: - Connections

    func accept(_ transport: Transport) {
        guard !isClosed else { return }
        counters.connections += 1
        if arriving.count >= limits.unauthenticated, let oldest = arriving.first {
            counters.refusals += 1
            say(.refused, 4, "\(limits.unauthenticated) connections have sent no CONNECT yet: the oldest is closed")
            oldest.close()
        }
        let connection = MQTTConnection(transport, server: self)
        arriving.append(connection)
        connection.open()
    }

    /// It has shown who it is.
    func arrived(_ connection: MQTTConnection) {
        arriving.removeAll { $0 === connection }
        connectedClients += 1
    }

    /// It is closed.
    func left(_ connection: MQTTConnection) {
        let count = arriving.count
        arriving.removeAll { $0 === connection }
        if arriving.count == count { connectedClients -= 1 }
        // What was counted of log lines is still to be written.
        if arriving.isEmpty && connectedClients == 0 && throttle.due == nil { timer.stop() }
    }

    /// The one client of an identity.
    func client(_ name: Text) -> MQTTClient {
        if let known = clients[name] { return known }
        if clients.count >= mostClients { forgetUnused() }
        let client = MQTTClient(name, server: self)
        clients[name] = client
        return client
    }

    /// It is connected.
    func keep(_ client: MQTTClient) { clients[client.name] = client }

    /// It is away and has nothing that must be kept.
    func forget(_ client: MQTTClient) {
        guard clients[client.name] === client, client.connection == nil else { return }
        clients[client.name] = nil
    }

    /// Those that are away, and of which the hub knows no session: their identities are gone, or they never subscribed.
    private func forgetUnused() {
        for client in clients.values where client.isAway && hub.session(of: client.name) == nil { forget(client) }
        mostClients = max(Self.fewClients, 2 * clients.count)
    }

    func add(_ listener: Listener) { listeners.append(listener) }

    func remove(_ listener: Listener) {
        listener.close()
        listeners.removeAll { $0 === listener }
    }

    // MARK: - Output

    /// A connection has something to write: at the end of the turn.
    func flushLater(_ connection: MQTTConnection) {
        dirty.append(connection)
        guard dirty.count == 1 else { return }
        loop.atEndOfTurn { [self] in
            let due = dirty
            dirty.removeAll(keepingCapacity: true)
            // The last first: messages before the PUBACKs of those who sent them, who would otherwise be woken and run first.
            for connection in due.reversed() { connection.flush() }
        }
    }

    func takeOutput() -> [UInt8] { spareOutputs.popLast() ?? [] }

    func giveBackOutput(_ output: consuming [UInt8]) {
        guard spareOutputs.count < 4, output.capacity <= 2 * limits.unsentBytes else { return }
        output.removeAll(keepingCapacity: true)
        spareOutputs.append(output)
    }

    // MARK: - Log

    func shown(_ name: Text) -> Text { ClientName.shown(name, device: hub.deviceID) }

    func say(_ kind: LineThrottle.Kind, _ level: Int32, _ text: Text) {
        if let line = throttle.admit(kind, LineThrottle.Line(level: level, text: text), now: loop.now) { log(line.level, line.text) }
        if let due = throttle.due { wake(at: due) }
    }

    // MARK: - Time

    /// Something is to be looked at then. One timer for the nearest.
    func wake(at time: UInt64) {
        guard !isClosed, !timer.isActive || time < timerIsFor else { return }
        timerIsFor = time
        let now = Loop.monotonicMs
        let server = Unmanaged.passUnretained(self)
        timer.start(afterMs: time > now ? time - now : 0) { server.takeUnretainedValue().lookAtClock() }
    }

    private func lookAtClock() {
        let now = Loop.monotonicMs
        for line in throttle.flush(now: now) { log(line.level, line.text) }
        var next = throttle.due ?? UInt64.max
        for connection in arriving { next = min(next, connection.check(now)) }
        for client in clients.values {
            if let connection = client.connection { next = min(next, connection.check(now)) }
        }
        if next < UInt64.max { wake(at: next) }
    }

    /// For tests.
    var hasTimer: Bool { timer.isActive }

    /// Whether a token is over. A clock that was not set yet says nothing.
    func isOver(_ tokenExpiry: Int64) -> Bool {
        let now = wallMs()
        return now >= PlausibleClock.sinceMs && tokenExpiry < now / 1000 - SharedAccessSignature.skewSeconds
    }
}
