import EdgeHub
import JSON
import MQTTServer
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing
import UV

/// A server on a real hub with a real state folder, on a unix socket.
final class ServerBench {
    let folder: TemporaryFolder
    let loop: Loop
    let hub: EdgeHub
    let server: MQTTServer
    let path: String
    var lines: [Text] { log.lines }
    private let log = Log()
    private let clock = Clock()

    private final class Log {
        var lines: [Text] = []
    }

    private final class Clock {
        var shiftMs: Int64 = 0
        var refused: Text?
    }

    static let hubHost: Text = "myhub.azure-devices.net"

    init(
        folder: TemporaryFolder = TemporaryFolder(), modules: [Text] = ["a", "b"], limits: MQTTServerLimits = MQTTServerLimits()
    ) throws {
        self.folder = folder
        loop = try Loop()
        let store = try StateStore(directory: Text(folder.path("state")), loop: loop)
        hub = EdgeHub(
            loop: loop, deviceID: "D", hubHostName: ServerBench.hubHost, gatewayHostName: "edge.local",
            deviceKey: DeviceKey(secret: Array(repeating: 7, count: 32)), store: store
        ) { [log] _, text in log.lines.append(text) }
        path = folder.path("mqtt.sock")
        server = MQTTServer(
            loop, hub: hub, limits: limits, wallMs: { [clock] in WallClock.nowMs + clock.shiftMs },
            log: { [log] _, text in log.lines.append(text) })
        server.mayConnect = { [clock] in clock.refused == $0 ? "the test does not want it" : nil }
        try server.listen(unixPath: path)
        hub.retain(modules: modules)
        hub.ensureTwin(nil)
        for module in modules { hub.ensureTwin(module) }
        flush()
    }

    deinit {
        server.close()
        hub.close()
        loop.close()
    }

    /// Moves the wall clock of the server.
    func shift(ms: Int64) { clock.shiftMs += ms }

    /// Who may not connect from now on.
    func refuse(_ client: Text?) {
        clock.refused = client
        server.recheck()
    }

    func run(until isSo: () -> Bool, at place: SourceLocation = #_sourceLocation) {
        let isLate = !TestSupport.run(loop, until: isSo)
        #expect(!isLate, "it did not come to it in 10 s: \(lines)", sourceLocation: place)
    }

    func flush() {
        var isDone = false
        hub.flush { isDone = true }
        run(until: { isDone })
    }

    func route(_ routes: [(from: Text, to: Text, input: Text)], persistence: Persistence = .memory) {
        let specifications = routes.map { route in
            RouteSpecification(
                name: "\(route.from) to \(route.to)",
                route: Route(
                    source: RouteSource("/messages/modules/\(route.from)/*"), sink: .module(name: route.to, input: route.input)),
                persistence: persistence)
        }
        hub.apply(routes: specifications, timeToLiveSecs: 7200)
    }

    // MARK: - Clients

    func token(_ module: Text?, expiresIn seconds: Int64 = 3600) -> String {
        let identity = ModuleIdentity(deviceID: "D", moduleID: module)
        let key = hub.keys(of: module)?.primary ?? []
        return SharedAccessSignature.make(
            resource: "\(ServerBench.hubHost)\(identity.path)", key: key, expiry: WallClock.nowMs / 1000 + seconds
        ).string
    }

    static func userName(_ clientID: String) -> String {
        "\(hubHost)/\(clientID)/?api-version=2021-04-12&DeviceClientType=test"
    }

    func open() -> TestClient { TestClient(loop, path: path) }

    /// A client that has sent a good CONNECT.
    func connect(
        _ module: Text?, clean: Bool = true, keepAlive: UInt16 = 60, will: (topic: String, payload: String)? = nil,
        expiresIn seconds: Int64 = 3600
    ) -> TestClient {
        let client = open()
        let id = module.map { "D/\($0)" } ?? "D"
        client.send(
            Wire.connect(
                id, userName: ServerBench.userName(id), password: token(module, expiresIn: seconds), clean: clean, keepAlive: keepAlive,
                will: will))
        return client
    }

    /// A client that is connected; its CONNACK is taken out.
    func connected(
        _ module: Text?, clean: Bool = true, keepAlive: UInt16 = 60, will: (topic: String, payload: String)? = nil,
        expiresIn seconds: Int64 = 3600, subscribes: [(String, UInt8)] = [], at place: SourceLocation = #_sourceLocation
    ) -> TestClient {
        let client = connect(module, clean: clean, keepAlive: keepAlive, will: will, expiresIn: seconds)
        run(until: { client.packets.count == 1 || client.isClosed }, at: place)
        #expect(client.takePackets().first?.body.last == 0, "the CONNECT was refused: \(lines)", sourceLocation: place)
        if !subscribes.isEmpty {
            client.send(Wire.subscribe(subscribes, id: 60000))
            run(until: { client.packets.contains { $0.kind == 9 } || client.isClosed }, at: place)
            _ = client.takePackets()
        }
        return client
    }
}
