import CPOSIX
import Deployment
import EdgeAgent
import EdgeHub
import Files
import JSON
import MQTTServer
import Management
import ModuleImages
import ModuleInstances
import ModuleLinks
import UV

/// One device: hub, agent and management socket on one loop, from a manifest.
///
/// ```
///  manifest ──► Device ──► EdgeHub   twins, routes, methods ◄── ModulePort ┐
///                  ├─────► EdgeAgent supervisors ──► instances ────────────┘
///                  └─────► ManagementServer ──► DeviceControl (this)
/// ```
final class Device {
    /// The host promises to end within 10 s; so long the modules may take.
    static let stopDeadlineMs: UInt64 = 8500
    /// `sockaddr_un` has 108 bytes, one of which ends the path.
    static let longestSocketPath = 107

    let manifest: ManifestFile
    private(set) var deployment: Deployment
    let loop: Loop
    let hub: EdgeHub
    let agent: EdgeAgent
    let agentMethods: AgentMethods
    let place: HostPlace
    private let locks: [StateLock]
    private let containment: Containment
    private var server: ManagementServer?
    /// nil: the manifest names no port, or it could not be opened.
    var metricsServer: MetricsServer?
    /// nil: the manifest names no port, or it could not be opened.
    var serviceServer: ServiceServer?
    var serviceRefusals = RefusalCount()
    let certificates: DeviceCertificates
    let mqtt: MQTTServer
    /// nil: likewise.
    var mqttsListener: Listener?
    /// Another one for each run, so that counters which begin anew can be told.
    let instanceNumber = Text("\(UInt32.random(in: 0...UInt32.max))")
    let startedMs = Loop.monotonicMs
    private var manifestWatcher: FileWatcher?
    private let imageWatch: ImageWatch
    private var signals: [SignalWatcher] = []
    private let manifestQuiet: Timer
    private(set) var isStopping = false
    let log = Log(part: "host")

    /// Opens everything that can fail; nothing runs yet.
    /// - Parameter resetsState: sets the state that is there aside and begins anew.
    init(_ manifest: ManifestFile, _ deployment: Deployment, resetsState: Bool) throws(StartError) {
        let host = deployment.host
        var locks = [try StateLock(folder: host.stateDirectory.string, deviceID: deployment.device.id)]
        if host.runtimeDirectory != host.stateDirectory {
            locks.append(try StateLock(folder: host.runtimeDirectory.string, deviceID: deployment.device.id))
        }
        Containment.prepare()
        let loop = try Self.opened { () throws(UVError) in try Loop() }
        let place = HostPlace(
            program: Self.program, modulesDirectory: host.modulesDirectory.string, stateDirectory: host.stateDirectory.string,
            runtimeDirectory: host.runtimeDirectory.string, hubHostName: deployment.device.hubHostName,
            gatewayHostName: deployment.device.gatewayHostName)
        let hostLog = Log(part: "host"), hubLog = Log(part: "hub"), agentLog = Log(part: "agent")
        if resetsState { try Self.setStateAside(host.stateDirectory, hostLog) }
        let key = try Self.key(of: deployment, hostLog)
        let store: StateStore
        do throws(HubError) {
            store = try StateStore(directory: host.stateDirectory, loop: loop)
        } catch {
            throw StartError(error.reason.string)
        }
        let signing = SigningRule(host.imageSigning)
        if let fault = signing.keyFault { hostLog.error("host.imageSigning.publicKey: \(fault)") }
        let images: ImageStore
        do throws(ImageError) {
            images = try ImageStore(
                loop, folder: Files.join(place.stateDirectory, "images"), host: ELFHeader.of(path: "/proc/self/exe"),
                signing: signing
            ) { agentLog.write($0, $1) }
        } catch {
            throw StartError(error.reason.string)
        }
        let memory = ModuleMemory(path: Files.join(place.stateDirectory, "modules.json")) { agentLog.write($0, $1) }
        let containment = Containment(stateDirectory: place.stateDirectory, arguments: Program.start) { [log] in log.write($0, $1) }
        containment.apply(host.watchdog)
        // Should it start itself again, it goes on with what is there then.
        if resetsState { Program.leaveOut("--\(Option.resetState.name)") }
        let device = deployment.device
        let hub = EdgeHub(
            loop: loop, deviceID: device.id, hubHostName: device.hubHostName, gatewayHostName: device.gatewayHostName, deviceKey: key,
            store: store, limits: HubLimits(host.limits)
        ) { hubLog.write($0.syslog, $1) }
        self.manifest = manifest
        self.deployment = deployment
        self.loop = loop
        self.hub = hub
        self.place = place
        self.locks = locks
        self.containment = containment
        certificates = DeviceCertificates(loop, stateDirectory: place.stateDirectory, gatewayHostName: place.gatewayHostName)
        let launcher = InstanceLauncher(loop: loop, place: place, containment: containment)
        agent = EdgeAgent(
            loop: loop, deviceID: deployment.device.id, hub: hub, launcher: launcher, images: images, memory: memory,
            settings: host.restart
        ) { agentLog.write($0, $1) }
        let agentMethods = AgentMethods(
            agent: agent, deviceID: device.id, hubHostName: device.hubHostName
        ) { agentLog.write($0, $1) }
        hub.serveMethods(of: "$edgeAgent") { agentMethods.answer($0) }
        self.agentMethods = agentMethods
        mqtt = Self.mqttServer(loop, hub)
        manifestQuiet = Timer(loop)
        imageWatch = ImageWatch(loop, log: log) { [agent] in agent.imagesChanged() }
        launcher.workload = self
        if let crash = containment.lastCrash { agent.learn(crash, deployment) }
    }

    /// Runs until SIGTERM or SIGINT. Returns the exit code.
    func run() throws(StartError) -> Int32 {
        do throws(StartError) {
            try watchSignals()
            endLeftovers()
            try listen()
            try listenForMQTT()
        } catch {
            for lock in locks { lock.giveUp() }
            throw error
        }
        hub.ensureTwin(nil)
        makeModulesFolder()
        makeWorkloadFolder()
        start()
        listenForMetrics(deployment.host.listen.metrics)
        certificates.listened = deployment.host.listen.withTLS
        listenForService(deployment.host.listen.https)
        listenForMQTTS(deployment.host.listen.mqtts)
        watchFiles()
        loop.run()
        hub.close()
        loop.close()
        for lock in locks { lock.endInOrder() }
        log.info("ended")
        // A thread that hangs in its module still uses what `exit` would take down.
        if agent.isAnyLeft { _exit(ExitCode.done) }
        return ExitCode.done
    }

    /// Looking through all processes takes a few milliseconds, so only where there may be some.
    private func endLeftovers() {
        guard locks.contains(where: { $0.mayHaveLeftovers }) else { return }
        let count = LeftoverProcesses.end(of: place)
        guard count > 0 || locks.contains(where: { $0.followsUncleanEnd }) else { return }
        log.warning("the host before this one did not end in order; processes it left behind: \(count)")
    }

    // MARK: - The deployment

    private func start() {
        let nothing = Deployment(device: deployment.device, host: deployment.host)
        let difference = DeploymentDifference(from: nothing, to: deployment)
        applyToHub(deployment) { [self] in agent.apply(difference, deployment) }
    }

    /// The file changed: applies what differs. An invalid manifest changes nothing.
    private func reload() {
        guard !isStopping else { return }
        switch manifest.read() {
        case .failure(let error):
            for finding in error.findings where finding.severity == .error { log.error(manifest.line(finding)) }
            log.error("the changed manifest is not valid; the device goes on as before")
        case .success(let next):
            let difference = DeploymentDifference(from: deployment, to: next)
            if difference.isEmpty && deployment.desired == next.desired { return }
            for finding in next.notes where finding.severity == .warning { log.warning(manifest.line(finding)) }
            for setting in difference.needsHostRestart { log.warning("\(setting) changed; it takes effect when the host starts again") }
            deployment = next
            log.info("the manifest changed")
            watchImages()
            containment.apply(next.host.watchdog)
            // One that could not be opened may be free now.
            if difference.metricsChanged || metricsServer == nil { listenForMetrics(next.host.listen.metrics) }
            certificates.listened = next.host.listen.withTLS
            if difference.httpsChanged || serviceServer == nil { listenForService(next.host.listen.https) }
            if difference.mqttsChanged || mqttsListener == nil { listenForMQTTS(next.host.listen.mqtts) }
            applyToHub(next) { [self] in agent.apply(difference, next) }
            mqtt.recheck()
        }
    }

    /// Twins and routes first, so that an instance finds its desired properties when it starts.
    private func applyToHub(_ deployment: Deployment, then: @escaping () -> Void) {
        hub.retain(modules: deployment.modules.map { $0.name })
        hub.admit(deployment.device.children)
        // 7200 s is IoT Edge's default; negative is for ever, the hub's 0.
        hub.apply(routes: deployment.routes, timeToLiveSecs: UInt32(max(deployment.timeToLiveSecs ?? 7200, 0)))
        for module in deployment.modules { hub.ensureTwin(module.name) }
        hub.applyManifest(deployment.desired.map { (module: $0.module, properties: $0.properties) }) { [self] refused in
            for (module, error) in refused { log.error("desired properties of \(module): \(error.reason)") }
        }
        hub.flush(then)
    }

    // MARK: - The world outside

    private func listen() throws(StartError) {
        let path = Files.join(place.runtimeDirectory, "management.sock")
        guard path.utf8.count <= Self.longestSocketPath else {
            throw StartError("\(path) is too long for a socket, at most \(Self.longestSocketPath) bytes; name a shorter runtimeDirectory")
        }
        // The folder is this host's alone, so a socket in it is left over. Asking who listens there does not tell: a child that a killed
        // host had forked holds it until it has executed its program.
        try? Files.remove(path)
        do throws(UVError) {
            server = try ManagementServer(loop, path: path, device: self)
        } catch {
            throw StartError("cannot listen on \(path): \(error.message)")
        }
    }

    private func watchSignals() throws(StartError) {
        for number in [SIGTERM, SIGINT] {
            signals.append(
                try Self.opened { () throws(UVError) in
                    try SignalWatcher(loop, signal: number) { [self] in stop() }
                })
        }
        containment.endSignals(signals[0], signals[1])
    }

    /// Editors save in many steps, and files arrive in pieces: what changed is looked at once it is quiet.
    private func watchFiles() {
        manifestWatcher = watch(manifest.folder) { [self] name in
            if name.map({ Text($0) == Text(manifest.name) }) ?? true { manifestQuiet.start(afterMs: 100) { [self] in reload() } }
        }
        watchImages()
    }

    private func watchImages() {
        imageWatch.follow(deployment.modules.map { Text(imagePath($0)) })
    }

    private func imagePath(_ module: ModuleSpecification) -> String {
        Files.join(place.modulesDirectory, module.image.string)
    }

    /// Users drop files into it; one that is not there could not be watched.
    private func makeModulesFolder() {
        do throws(FileError) {
            try Files.makeFolder(place.modulesDirectory, permissions: 0o755)
        } catch {
            log.warning(Text(error.message))
        }
    }

    private func watch(_ folder: String, _ changed: @escaping (String?) -> Void) -> FileWatcher? {
        do throws(UVError) {
            return try FileWatcher(loop, path: folder, changed)
        } catch {
            log.warning("changes in \(folder) are not seen: \(error.message)")
            return nil
        }
    }

    // MARK: - The end

    private func stop() {
        if isStopping { return }
        isStopping = true
        log.info("stopping")
        containment.hostEnds()
        manifestQuiet.stop()
        manifestWatcher?.close()
        imageWatch.close()
        agent.shutdown(deadlineMs: Self.stopDeadlineMs) { [self] in
            mqtt.close()
            hub.flush { [self] in
                server?.close()
                metricsServer?.close()
                serviceServer?.close()
                for signal in signals { signal.closeAndIgnore() }
                loop.stop()
            }
        }
    }

    private static func opened<Opened>(_ body: () throws(UVError) -> Opened) throws(StartError) -> Opened {
        do throws(UVError) {
            return try body()
        } catch {
            throw StartError("cannot start: \(error.message)")
        }
    }

    /// The path of this program. Children are started through it; where it was replaced since, the link still leads to the one that
    /// runs.
    private static let program = "/proc/self/exe"
}

extension HubLimits {
    fileprivate init(_ limits: QueueLimits) {
        self.init(
            memoryQueueBytes: Int(clamping: limits.memoryQueueBytes), diskQueueBytes: Int(clamping: limits.diskQueueBytes),
            whenFull: limits.whenFull)
    }
}

extension HubLogLevel {
    /// Syslog's number.
    var syslog: Int32 {
        switch self {
        case .error: 3
        case .warning: 4
        case .info: 6
        }
    }
}
