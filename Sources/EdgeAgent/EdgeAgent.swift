public import Deployment
public import JSON
public import ModuleImages
public import ModuleInstances
public import ModuleLinks
public import UV

/// Runs the modules of a deployment and keeps them as it says. All calls on the loop's thread.
public final class EdgeAgent {
    private let context: AgentContext
    private(set) var supervisors: [Supervisor] = []
    /// The same, by the names of their modules.
    private var named: [Text: Supervisor] = [:]
    /// Once shut down, nothing starts any more.
    private var isEnding = false
    /// How long an instance has, at a shutdown, from being asked to end to being killed; unless the time is shorter.
    private static let shutdownGraceMs: UInt64 = 5000

    /// - Parameter log: level (syslog's) and text of what an operator should know.
    public init(
        loop: Loop, deviceID: Text, hub: any ModuleHub, launcher: InstanceLauncher, images: ImageStore, memory: ModuleMemory,
        settings: RestartSettings, log: @escaping (Int32, Text) -> Void
    ) {
        context = AgentContext(
            loop: loop, deviceID: deviceID, hub: hub, launcher: launcher, images: images, memory: memory, settings: settings, log: log)
        context.wantedImages = { [unowned(unsafe) self] in supervisors.flatMap { $0.wantedImages } }
        memory.whenChanged = { [context] in context.saveMemorySoon() }
    }

    // MARK: - The deployment

    /// Makes the difference between what runs and what the deployment says; only what it affects restarts.
    public func apply(_ difference: DeploymentDifference, _ deployment: Deployment) {
        guard !isEnding else { return }
        context.settings = deployment.host.restart
        context.isQuarantineOn = deployment.host.quarantine
        let places = deployment.places
        context.memory.retain { places[$0] != nil }
        for change in difference.modules where change.kind == .removed { remove(change.name) }
        for change in StartOrder.sorted(difference.modules, deployment) {
            guard change.kind != .unchanged, let place = places[change.name] else { continue }
            let module = deployment.modules[place]
            switch change.kind {
            case .added: add(module)
            case .supervision: supervisor(change.name)?.apply(module, restarts: false)
            case .restart: supervisor(change.name)?.apply(module, restarts: true)
            case .unchanged, .removed: break
            }
        }
        context.collectImages()
    }

    /// The host before this one died of a module: its image goes back if it was on probation, else it is in quarantine. Before the first
    /// `apply`; it is on the disk when this returns.
    public func learn(_ crash: CrashRecord, _ deployment: Deployment) {
        context.log(3, "\(crash.module) ended the host before this one: \(crash.reason), image \(crash.digest.text)")
        guard let module = deployment.module(crash.module) else { return }
        if !refuses(crash.digest, of: module, reason: crash.reason, deployment.host.restart) {
            context.memory.change(module.name) {
                $0.quarantine = ModuleRecord.Verdict(digest: crash.digest, reason: crash.reason)
            }
        }
        context.memory.save()
    }

    private func add(_ module: ModuleSpecification) {
        // Back before its earlier instance is over: that one ends first, there are never two.
        if let leaving = supervisor(module.name) {
            leaving.isLeaving = false
            return leaving.apply(module, restarts: true)
        }
        let added = Supervisor(module, context: context)
        supervisors.append(added)
        named[module.name] = added
        if module.status == .running { added.start() }
    }

    private func remove(_ name: Text) {
        guard let removed = supervisor(name) else { return }
        removed.isLeaving = true
        removed.stop { [self] in
            guard removed.isLeaving else { return }
            supervisors.removeAll { $0 === removed }
            if named[name] === removed { named[name] = nil }
            context.log(6, "\(name) removed")
            context.collectImages()
        }
    }

    // MARK: - The operator

    /// Every module in start order.
    public func reports() -> [ModuleReport] {
        StartOrder.sorted(supervisors.map { $0.report })
    }

    /// One module; nil: there is none of this name.
    public func report(_ name: Text) -> ModuleReport? {
        supervisor(name)?.report
    }

    /// The output of one module; nil: there is none of this name.
    public func log(_ name: Text) -> ModuleLog? {
        supervisor(name)?.output
    }

    /// - Parameter done: comes once it is ready, has failed or has ended, after 10 s at the latest; maybe before this returns.
    /// - Returns: whether there was anything to start: false where it runs already. nil: there is no module of this name, or it is
    ///   on its way out, as all are at the end.
    public func start(_ name: Text, _ done: @escaping () -> Void = {}) -> Bool? {
        staying(name)?.start(done)
    }

    /// - Parameter done: comes once it is over, maybe before this returns.
    /// - Returns: whether there was anything to stop. nil: there is no module of this name.
    public func stop(_ name: Text, _ done: @escaping () -> Void) -> Bool? {
        guard let supervisor = supervisor(name) else { return nil }
        let wasActive = supervisor.isActive
        supervisor.stop(done)
        return wasActive
    }

    /// - Parameter done: as that of `start`.
    /// - Returns: false: there is no module of this name, or it is on its way out, as all are at the end.
    public func restart(_ name: Text, _ done: @escaping () -> Void = {}) -> Bool {
        guard let supervisor = staying(name) else { return false }
        supervisor.restart(done)
        return true
    }

    /// The module acts under a new identity from now on: an instance that runs is started again under it. One that does not run finds it
    /// at its next start.
    public func identityChanged(_ name: Text) {
        guard let supervisor = staying(name), case .running = supervisor.phase else { return }
        context.log(6, "\(name) has a new identity and starts again")
        supervisor.restart()
    }

    private func staying(_ name: Text) -> Supervisor? {
        guard !isEnding, let supervisor = supervisor(name), !supervisor.isLeaving else { return nil }
        return supervisor
    }

    // MARK: - Images

    /// The host before this one ended in this image. Before the first `apply`.
    /// - Returns: whether the image was on probation: then it is refused, and the module goes back to the one before.
    func refuses(_ digest: ImageDigest, of module: ModuleSpecification, reason: Text, _ settings: RestartSettings) -> Bool {
        var refuses = false
        context.memory.change(module.name) {
            refuses = Probation.hostEnded(in: digest, reason: reason, &$0, Probation.Settings(module, settings))
        }
        if refuses {
            context.log(
                3,
                "\(module.name): its new image \(digest.text) ended the host on probation (\(reason)); it goes back to the one before. Put another file in place to try again"
            )
        }
        return refuses
    }

    /// Looks again at the files of all images, after something in the modules folder changed.
    public func imagesChanged() {
        for supervisor in supervisors where !isEnding { supervisor.lookAtImage() }
    }

    // MARK: - The end

    /// Stops all instances, those first that started last; what is not over at the deadline is killed. `done` comes once all
    /// are over, half a second after the deadline at the latest. Nothing starts any more.
    public func shutdown(deadlineMs: UInt64, _ done: @escaping () -> Void) {
        isEnding = true
        let end = Shutdown(supervisors, context.loop, deadlineMs: deadlineMs, graceMs: Self.shutdownGraceMs) { [context] in
            context.memory.save()
            context.images.close()
            done()
        }
        end.begin()
    }

    /// Whether an instance is not over, though all were asked to end.
    public var isAnyLeft: Bool { supervisors.contains { $0.current != nil } }

    private func supervisor(_ name: Text) -> Supervisor? { named[name] }
}
