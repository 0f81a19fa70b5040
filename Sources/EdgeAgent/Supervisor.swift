import Deployment
import JSON
import ModuleImages
import ModuleInstances
import UV

/// Keeps one module as the manifest wants it: starts its instance, hears of its end, starts it again by its policy.
final class Supervisor {
    private(set) var module: ModuleSpecification
    let output = ModuleLog()

    let context: AgentContext
    var rule = RestartRule()
    var phase = Phase.idle
    var current: RunningInstance?
    var timer: Timer?
    var lastStart: Int64?
    var lastExit: Int64?
    var exitCode: Int32?
    /// What happens once the running instance has ended because it was asked to.
    var afterStop: (() -> Void)?
    var stopWaiters: [() -> Void] = []
    /// The manifest has it no longer: it goes when its instance is over, and nothing starts it.
    var isLeaving = false
    /// Somebody stopped it: only a command or the manifest starts it again.
    var isHeld = false
    /// What it ran last, or could not start.
    var lastDigest: ImageDigest?

    init(_ module: ModuleSpecification, context: AgentContext) {
        self.module = module
        self.context = context
    }

    // MARK: - What is wanted

    /// Starts it, unless it runs. Forgets earlier failures.
    /// - Returns: false where it runs already.
    @discardableResult
    func start() -> Bool {
        switch phase {
        case .running: return false
        case .stopping: afterStop = { [self] in startAfresh() }
        default: startAfresh()
        }
        return true
    }

    /// Stops it; `done` comes once it is over. It stays stopped.
    func stop(_ done: @escaping () -> Void = {}) {
        timer = nil
        afterStop = nil
        isHeld = true
        switch phase {
        case .running, .stopping:
            stopWaiters.append(done)
            beginStop()
        default:
            if case .waiting = phase { phase = .over(.stopped, reason: "stopped") }
            if case .idle = phase { phase = .over(.stopped, reason: "not started") }
            done()
        }
    }

    /// Stops it if it runs, and starts it.
    func restart() {
        timer = nil
        switch phase {
        case .running, .stopping:
            afterStop = { [self] in startAfresh() }
            beginStop()
        default:
            startAfresh()
        }
    }

    /// Ends it without asking.
    func kill() {
        current?.instance.kill()
        guard let hanging = current?.instance.hanging else { return }
        context.log(3, "\(module.name) is left behind: \(hanging)")
    }

    /// The manifest says something new of this module.
    func apply(_ module: ModuleSpecification, restarts: Bool) {
        let wasWanted = self.module.status == .running
        self.module = module
        switch (module.status, restarts) {
        case (.stopped, _): stop()
        case (.running, true): restart()
        case (.running, false): if !wasWanted || restartsBy(module.restartPolicy) { start() }
        }
    }

    /// Whether it is over by itself, and a policy that is new would have it run.
    private func restartsBy(_ policy: RestartPolicy) -> Bool {
        guard !isHeld, case .over(let status, _) = phase else { return false }
        return RestartRule.restarts(policy, failed: status == .failed)
    }

    /// The file of the image was changed or has come: starts what runs another one, or could not start.
    func imageChanged(to digest: ImageDigest) {
        guard module.status == .running, !isHeld, digest != lastDigest else { return }
        switch phase {
        case .running:
            context.log(6, "\(module.name): its image changed to \(digest.text), restarting")
            restart()
        case .unusable, .waiting: startAfresh()
        case .over(.failed, _):
            context.log(6, "\(module.name): its image changed to \(digest.text), starting")
            startAfresh()
        case .over, .idle, .stopping: break
        }
    }

    /// The image that it runs or ran last, and may run again.
    var usesImage: ImageDigest? { lastDigest }

    /// It runs, or will without anybody doing anything.
    var isActive: Bool {
        switch phase {
        case .running, .stopping, .waiting: true
        case .idle, .over, .unusable: false
        }
    }
}
