public import JSON
import Messages
public import ModuleIdentities
import ModuleLinks
import ModuleTwins
public import UV

/// Twins, routes, messages and direct methods of one device.
///
/// Everything happens on the loop's thread. Completions come in a later turn, never from inside the call. While nothing is to be
/// delivered, stored or waited for, the hub has no timer and wakes nothing.
///
/// ```
///  module ─► ModulePort ─► destinations ─► lane of an endpoint ── turn: round robin ──► ModuleLink.deliver
///                                             │ on disk: batch ─► StateStore ─► committed ─► acknowledgement
/// ```
public final class EdgeHub {
    public let deviceID: Text
    public let limits: HubLimits
    /// For which tokens are good: the hub's name, and this device's as a gateway.
    let hosts: [Text]
    let deviceKey: DeviceKey?
    let loop: Loop
    let time: any HubTime
    let store: StateStore
    let log: (HubLogLevel, Text) -> Void

    // Routes.
    var table = RoutingTable()
    var routes: [RouteSpecification] = []
    /// Which set of routes `table` is. Ports compare it with what they remember.
    var generation: UInt64 = 1
    var destinations: [Source: Destinations] = [:]
    /// Of changes of reported properties; nil: not found yet.
    var twinDestinations: Destinations?
    var hasWarnedOfTwinChanges = false
    /// Of which conditions are asked, one message after the other.
    let subject: ConditionSubject
    /// Memory for where one message goes.
    var chosen: [Destination] = []
    var endpoints: [EndpointID: Endpoint] = [:]
    /// Where routes lead; before the first, where messages on disk wait.
    var routed: [EndpointID: Bool] = [:]
    /// With so many, those that are not used are looked for. Inputs are named by whoever sends.
    var mostEndpoints = 256
    var consumers: [Text: Consumer] = [:]
    /// That there were.
    var consumerCount: UInt64 = 0
    /// `retain` was called.
    var isDeploymentKnown = false
    var monitors: [(token: Int, scope: MonitorScope, sink: (Message) -> Void)] = []
    var lastToken = 0
    /// Messages that no route selected.
    public internal(set) var droppedWithoutRoute: UInt64 = 0

    // What the next turn has to do.
    var isTurnDue = false
    var completions: [() -> Void] = []
    var ready = Ring<Endpoint>()

    // Identities and twins, and what goes to disk.
    /// By the name of the module; empty: the device's own.
    var slots: [Text: TwinSlot] = [:]
    var lastSlotID: Int64 = 0
    var dirty: [TwinSlot] = []
    /// That the host needs and that could not be stored. They go with the next batch that has something else.
    var unstored: [TwinSlot] = []
    /// To be deleted.
    var leaving: [TwinSlot] = []
    var changes: [TwinChange] = []
    var cloud: [(update: CloudUpdate, done: (HubError?) -> Void)] = []
    /// Manifests of which it is being read what they said before.
    var manifestReads = 0
    /// Of the manifest that was applied last, counted from the start.
    var manifestNumber: UInt64 = 0
    /// What the manifest says and the disk did not take.
    var unapplied: [(module: Text, properties: JSONObject)] = []
    var staged = Ring<Lane>()
    /// Of which something leaves the disk.
    var removing: [Lane] = []
    /// That does not wait for company any more.
    var isRemovalDue = false
    var removalAlarm: (any HubAlarm)?
    /// On disk of which something is too old.
    var sweeping: [Lane] = []
    /// Queues on disk that are not used any more.
    var leavingQueues: [Int64] = []
    var isDropDue = false
    var lastQueueID: Int64 = 0
    let memoryPool: QueuePool
    /// Of messages whose senders wait for room.
    let waitingPool: QueuePool
    let diskPool: QueuePool

    // The time of messages.
    var ticks = TickClock(nil, nowMs: 0, wallMs: 0)
    /// Milliseconds that the host was off, of which only the disk is still to be told.
    var pendingShift: Int64 = 0
    var expiryAlarm: (any HubAlarm)?
    /// Of what becomes too old from then on, the alarm does not know.
    var nextExpiryNoted = UInt64.max

    var isCommitting = false
    var isStorageFailing = false
    var flushWaiters: [() -> Void] = []
    var isClosed = false

    /// The keys of downstream devices that may connect, by their names.
    var children: [Text: [UInt8]] = [:]

    // Methods.
    var desk = MethodDesk()
    /// What answers in place of a module.
    var methodServers: [Text: (MethodCall) -> Void] = [:]
    public internal(set) var methodTally = MethodTally()
    var methodAlarm: (any HubAlarm)?
    var armedDeadline: UInt64?

    /// - Parameters:
    ///   - deviceID: `device.id` of the manifest.
    ///   - store: of this hub alone.
    ///   - hubHostName: `device.hubHostName` of the manifest; empty: there is none.
    ///   - gatewayHostName: likewise.
    ///   - deviceKey: of which the keys of identities are made that have none of their own; nil: no token is good for those.
    ///   - log: called with a line for people, without the time.
    public convenience init(
        loop: Loop, deviceID: Text, hubHostName: Text = "", gatewayHostName: Text = "", deviceKey: DeviceKey? = nil, store: StateStore,
        limits: HubLimits = HubLimits(), log: @escaping (HubLogLevel, Text) -> Void
    ) {
        self.init(
            loop: loop, time: LoopTime(loop), deviceID: deviceID, hubHostName: hubHostName, gatewayHostName: gatewayHostName,
            deviceKey: deviceKey, store: store, limits: limits, log: log)
    }

    /// With clocks and alarms that need not be those of the loop.
    init(
        loop: Loop, time: any HubTime, deviceID: Text, hubHostName: Text, gatewayHostName: Text, deviceKey: DeviceKey?,
        store: StateStore, limits: HubLimits, log: @escaping (HubLogLevel, Text) -> Void
    ) {
        self.loop = loop
        self.time = time
        self.deviceID = deviceID
        subject = ConditionSubject(deviceID: deviceID)
        hosts = [hubHostName, gatewayHostName].filter { !$0.isEmpty }
        self.deviceKey = deviceKey
        self.store = store
        self.limits = limits
        self.log = log
        memoryPool = QueuePool(limits.memory)
        waitingPool = QueuePool(limits.memory)
        diskPool = QueuePool(limits.disk)
        expiryAlarm = time.alarm { [self] in expire() }
        removalAlarm = time.alarm { [self] in removalsAreDue() }
        load(store.takeSnapshot())
        serveMethods(of: "$edgeHub") { $0.end(EdgeHub.noMethod($0.method, of: "$edgeHub")) }
    }

    /// Calls back once everything that is accepted by now is on disk, or has failed to get there.
    public func flush(_ done: @escaping () -> Void) {
        flushWaiters.append(done)
        turnSoon()
    }

    /// Ends calls that are under way, stores what is still to be stored, and lets go of the database. Blocks for the time of a
    /// commit or two. The hub and its ports take nothing more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        endCalls()
        for consumer in consumers.values { unlink(consumer) }
        storeRest()
        store.close()
        expiryAlarm = nil
        removalAlarm = nil
        monitors = []
        ready = Ring()
        destinations = [:]
        runCompletions()
    }

    // MARK: - Turns

    /// Does something in the next turn, after those that came before.
    func later(_ body: @escaping () -> Void) {
        completions.append(body)
        turnSoon()
    }

    func turnSoon() {
        guard !isTurnDue, !isClosed else { return }
        isTurnDue = true
        loop.soon { [self] in turn() }
    }

    private func turn() {
        isTurnDue = false
        guard !isClosed else { return }
        runCompletions()
        learnTimeOff()
        deliverReady()
        commitStaged()
        if !completions.isEmpty || !ready.isEmpty { turnSoon() }
    }

    private func runCompletions() {
        let due = completions
        completions = []
        for body in due { body() }
    }
}
