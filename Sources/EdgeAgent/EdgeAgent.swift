public import Deployment
public import JSON
public import ModuleImages
public import ModuleInstances
public import ModuleLinks
public import UV

/// Runs the modules of a deployment and keeps them as it says. All calls on the loop's thread.
public final class EdgeAgent {
    private let context: AgentContext
    private var supervisors: [Supervisor] = []

    /// - Parameter log: level (syslog's) and text of what an operator should know.
    public init(
        loop: Loop, deviceID: Text, hub: any ModuleHub, launcher: InstanceLauncher, settings: RestartSettings,
        log: @escaping (Int32, Text) -> Void
    ) {
        context = AgentContext(loop: loop, deviceID: deviceID, hub: hub, launcher: launcher, settings: settings, log: log)
    }

    // MARK: - The deployment

    /// Makes the difference between what runs and what the deployment says; only what it affects restarts.
    public func apply(_ difference: DeploymentDifference, _ deployment: Deployment) {
        context.settings = deployment.host.restart
        for change in difference.modules where change.kind == .removed { remove(change.name) }
        for change in StartOrder.sorted(difference.modules, deployment) {
            guard let module = deployment.module(change.name) else { continue }
            switch change.kind {
            case .added: add(module)
            case .supervision: supervisor(change.name)?.apply(module, restarts: false)
            case .restart: supervisor(change.name)?.apply(module, restarts: true)
            case .unchanged, .removed: break
            }
        }
    }

    private func add(_ module: ModuleSpecification) {
        let added = Supervisor(module, context: context)
        supervisors.append(added)
        if module.status == .running { added.start() }
    }

    private func remove(_ name: Text) {
        guard let removed = supervisor(name) else { return }
        removed.stop { [self] in
            supervisors.removeAll { $0 === removed }
            context.log(6, "\(name) removed")
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

    /// False: there is no such module.
    public func start(_ name: Text) -> Bool {
        guard let supervisor = supervisor(name) else { return false }
        supervisor.start()
        return true
    }

    /// `done` comes once it is over. False: there is no such module.
    public func stop(_ name: Text, _ done: @escaping () -> Void) -> Bool {
        guard let supervisor = supervisor(name) else { return false }
        supervisor.stop(done)
        return true
    }

    /// False: there is no such module.
    public func restart(_ name: Text) -> Bool {
        guard let supervisor = supervisor(name) else { return false }
        supervisor.restart()
        return true
    }

    // MARK: - Images

    /// The images that instances run now.
    public var usedImages: Set<ImageDigest> { Set(supervisors.compactMap { $0.usesImage }) }

    /// Looks again at the files of all images, after something in the modules folder changed.
    public func imagesChanged() {
        for supervisor in supervisors {
            guard let digest = context.launcher.digest(of: supervisor.module) else { continue }
            supervisor.imageChanged(to: digest)
        }
    }

    // MARK: - The end

    /// Stops all instances, those first that started last; what is not over at the deadline is killed. `done` comes once all
    /// are over.
    public func shutdown(deadlineMs: UInt64, _ done: @escaping () -> Void) {
        let end = Shutdown(supervisors, context.loop, deadlineMs: deadlineMs, done)
        end.begin()
    }

    private func supervisor(_ name: Text) -> Supervisor? {
        supervisors.first { $0.module.name == name }
    }
}
