import EdgeHub
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import EdgeHub

/// A hub on a real loop with a real state folder, and what it said.
final class HubBench {
    let folder: TemporaryFolder
    let loop: Loop
    let store: StateStore
    let hub: EdgeHub
    var lines: [Text] { log.lines }
    private let log = Log()

    /// A hub may log while it is closed.
    private final class Log {
        var lines: [Text] = []
    }

    init(
        folder: TemporaryFolder = TemporaryFolder(), limits: HubLimits = HubLimits(), vfs: String? = nil, deviceID: Text = "D",
        hubHostName: Text = "", gatewayHostName: Text = "", deviceKey: DeviceKey? = nil, time: (any HubTime)? = nil
    ) throws {
        self.folder = folder
        loop = try Loop()
        store = try StateStore(directory: Text(folder.path("state")), loop: loop, vfs: vfs)
        hub = EdgeHub(
            loop: loop, time: time ?? LoopTime(loop), deviceID: deviceID, hubHostName: hubHostName, gatewayHostName: gatewayHostName,
            deviceKey: deviceKey, store: store,
            limits: limits
        ) { [log] _, text in log.lines.append(text) }
    }

    deinit {
        hub.close()
        loop.close()
    }

    /// Turns the loop until it is so; at most 20 s.
    func run(until isSo: () -> Bool, at place: SourceLocation = #_sourceLocation) {
        var isLate = false
        let limit = Timer(loop)
        limit.start(afterMs: 20_000) { isLate = true }
        while !isSo() && !isLate { loop.runOnce(wait: true) }
        #expect(!isLate, "it did not come to it in 20 s", sourceLocation: place)
    }

    /// Turns the loop until everything that was accepted is on disk, or has failed to get there.
    func flush() {
        var isDone = false
        hub.flush { isDone = true }
        run { isDone }
    }

    /// What a call with a completion came to.
    func wait<Value>(at place: SourceLocation = #_sourceLocation, _ call: (@escaping (Value) -> Void) -> Void) throws -> Value {
        var value: Value?
        var isInside = true
        call {
            #expect(!isInside, "a completion came from inside the call", sourceLocation: place)
            #expect(value == nil, "a completion came twice", sourceLocation: place)
            value = $0
        }
        isInside = false
        run(until: { value != nil }, at: place)
        return try #require(value, sourceLocation: place)
    }

    func attach(_ module: Text, link: NotingModule) -> any HubPort {
        let port = hub.attach(module, link: link)
        link.port = port
        return port
    }

    func patch(_ module: Text?, _ patch: JSONObject, ifMatch: Text? = nil) throws -> Result<JSONObject, HubError> {
        try wait { hub.changeTwin(module, desired: patch, ifMatch: ifMatch, done: $0) }
    }

    func patchTags(_ module: Text?, _ patch: JSONObject) throws -> Result<JSONObject, HubError> {
        try wait { hub.changeTwin(module, tags: patch, done: $0) }
    }

    /// Applies a manifest that speaks of one module; why it was refused.
    func manifest(_ module: Text, _ properties: JSONObject) throws -> HubError? {
        let refused: [(module: Text, error: HubError)] = try wait {
            hub.applyManifest([(module: module, properties: properties)], done: $0)
        }
        return refused.first?.error
    }

    /// A patch that nobody waits for yet.
    func startPatch(_ module: Text?, _ patch: JSONObject, done: @escaping (Result<JSONObject, HubError>) -> Void = { _ in }) {
        hub.changeTwin(module, desired: patch, done: done)
    }

    /// Routes without more ado: `("a", "b", "in")` sends all of a to b's input, `("a", "", "")` sends it upstream.
    func route(
        _ routes: [(from: Text, to: Text, input: Text)], persistence: Persistence? = nil, whenFull: FullQueueRule? = nil, ttl: UInt32 = 0
    ) {
        let specifications = routes.map { route in
            RouteSpecification(
                name: "\(route.from) to \(route.to)",
                route: Route(
                    source: RouteSource("/messages/modules/\(route.from)/*"),
                    sink: route.to.isEmpty ? .upstream : .module(name: route.to, input: route.input)),
                persistence: persistence, whenFull: whenFull)
        }
        hub.apply(routes: specifications, timeToLiveSecs: ttl)
    }

    /// Runs SQL on the storage thread, in its turn.
    func execute(_ sql: String) {
        let database = store.database
        store.thread.run({ try? database.database.execute(sql) }, then: {})
    }

    func queue(_ endpoint: Text, at place: SourceLocation = #_sourceLocation) throws -> QueueStatus {
        try #require(hub.queues().first { $0.endpoint == endpoint }, sourceLocation: place)
    }
}

/// A module that notes what comes.
final class NotingModule: ModuleLink {
    var deliveries: [Delivery] = []
    var inputs: [Text] = []
    var bodies: [[UInt8]] = []
    /// Of those that have one.
    var receipts: [UInt64] = []
    /// A message counts as taken once it is delivered.
    var takesAtOnce = true
    weak var port: (any HubPort)?
    var notices: [(patch: JSONObject, version: UInt64)] = []
    var calls: [MethodCall] = []
    /// Takes no more once it has this many messages.
    var appetite = Int.max
    var onDeliver: (Message) -> Void = { _ in }
    var onInvoke: (MethodCall) -> Void = { _ in }
    // As of a client of a protocol.
    var acknowledges = false
    var isAuthenticated = false
    var takesMethods = true
    /// Inputs that it does not take.
    var closedInputs: [Text] = []
    /// Why it was cut off.
    var cuts: [Text] = []

    func takes(input: Text) -> Bool { !closedInputs.contains(input) }
    func cutOff(_ reason: Text) { cuts.append(reason) }

    func deliver(_ delivery: Delivery) -> Bool {
        let message = delivery.message
        inputs.append(delivery.input)
        bodies.append(message.body)
        deliveries.append(delivery)
        if delivery.receipt > 0 {
            receipts.append(delivery.receipt)
            if takesAtOnce { port?.took(delivery.receipt) }
        }
        onDeliver(message)
        return bodies.count < appetite
    }

    func desired(_ patch: JSONObject, version: UInt64) {
        notices.append((patch: patch, version: version))
    }

    func invoke(_ call: MethodCall) {
        calls.append(call)
        onInvoke(call)
    }
}

extension Message {
    /// Of one byte, to tell it from others.
    init(_ number: UInt8, output: Text = "out", bytes: Int = 1) {
        self.init(module: "", output: output, body: Array(repeating: number, count: bytes))
    }
}
