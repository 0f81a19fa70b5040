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
    var phase = Phase.idle { didSet { settles() } }
    var current: RunningInstance?
    var timer: Timer?
    var lastStart: Int64?
    var lastExit: Int64?
    var exitCode: Int32?
    var tally = ModuleTally()
    /// What happens once the running instance has ended because it was asked to.
    var afterStop: (() -> Void)?
    var stopWaiters: [() -> Void] = []
    /// Those who wait for what a start comes to; the timer is for them.
    private var startWaiters: [() -> Void] = []
    private var startTimer: Timer?
    /// The manifest has it no longer: it goes when its instance is over, and nothing starts it.
    var isLeaving = false
    /// Somebody stopped it: only a command or the manifest starts it again.
    var isHeld = false
    /// Why it runs in a process of its own, though the manifest does not say so.
    var quarantine: Text?
    /// What it ran last; nil where its image could not be had.
    var lastDigest: ImageDigest?
    var lastSignature: [UInt8]?
    /// Whether an instance of that was ready.
    var lastWasReady = false
    var probation = Probation()
    var probationTimer: Timer?
    /// Goes up with whatever is wanted anew: what was prepared for an earlier wish is dropped.
    var attempt = 0
    /// Looks at the file again: somebody writes to it, or the store is full.
    var lookTimer: Timer?
    var looks = 0
    /// Why the file's image is not taken while another one runs; nil: it is the one that runs, or was never tried.
    var imageFault: Text?

    init(_ module: ModuleSpecification, context: AgentContext) {
        self.module = module
        self.context = context
        tally.isWanted(module.status == .running, Loop.monotonicMs)
    }

    // MARK: - What is wanted

    /// A module that takes longer to be ready is still starting when who started it hears of it.
    static let startPatienceMs: UInt64 = 10_000

    /// Starts it, unless it runs. Forgets earlier failures.
    /// - Parameter done: comes once it is ready, or is not for now, maybe before this returns.
    /// - Returns: false where it runs already.
    @discardableResult
    func start(_ done: @escaping () -> Void = {}) -> Bool {
        waitForStart(done)
        switch phase {
        case .running, .preparing:
            settles()
            return false
        case .stopping: afterStop = { [self] in startAfresh() }
        default: startAfresh()
        }
        return true
    }

    private func waitForStart(_ done: @escaping () -> Void) {
        startWaiters.append(done)
        guard startTimer == nil else { return }
        let timer = Timer(context.loop)
        startTimer = timer
        timer.start(afterMs: Self.startPatienceMs) { [self] in tellStarters() }
    }

    private func tellStarters() {
        let waiters = startWaiters
        startWaiters = []
        startTimer = nil
        for waiter in waiters { waiter() }
    }

    /// It may be what somebody waits for: ready, or ended, with nothing that happens next but a restart by its policy.
    func settles() {
        guard !startWaiters.isEmpty, afterStop == nil else { return }
        switch phase {
        case .idle, .preparing, .stopping: return
        case .running: if current?.isReady != true { return }
        case .waiting, .over, .unusable: break
        }
        tellStarters()
    }

    /// Stops it; `done` comes once it is over. It stays stopped.
    func stop(_ done: @escaping () -> Void = {}) {
        attempt += 1
        timer = nil
        lookTimer = nil
        afterStop = nil
        isHeld = true
        switch phase {
        case .running, .stopping:
            stopWaiters.append(done)
            beginStop()
        default:
            switch phase {
            case .waiting, .preparing: phase = .over(.stopped, reason: "stopped")
            case .idle: phase = .over(.stopped, reason: "not started")
            default: break
            }
            done()
        }
    }

    /// Starts it, and stops it before if it runs: once the image is prepared, so that it is away for a moment only.
    /// - Parameter done: as that of `start`.
    func restart(_ done: @escaping () -> Void = {}) {
        timer = nil
        waitForStart(done)
        switch phase {
        case .running:
            attempt += 1
            prepareAny { [self] result in restart(with: try? result.get()) }
        case .stopping: afterStop = { [self] in startAfresh() }
        default: startAfresh()
        }
    }

    /// - Parameter image: nil: it could not be prepared; the new start says why not.
    func restart(with image: PreparedImage?) {
        switch phase {
        case .running, .stopping:
            afterStop = { [self] in startAfresh(image) }
            beginStop()
        default: startAfresh(image)
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
        tally.isWanted(module.status == .running, Loop.monotonicMs)
        switch (module.status, restarts) {
        case (.stopped, _): stop()
        case (.running, true): restart()
        case (.running, false): if !wasWanted || restartsBy(module.restartPolicy) { start() } else { lookAtImage() }
        }
    }

    /// Whether it is over by itself, and a policy that is new would have it run.
    private func restartsBy(_ policy: RestartPolicy) -> Bool {
        guard !isHeld, case .over(let status, _) = phase else { return false }
        return RestartRule.restarts(policy, failed: status == .failed)
    }

    /// The image that it runs or ran last, and the one to go back to: both may run again.
    var wantedImages: [ImageDigest] {
        [lastDigest, context.memory[module.name].good].compactMap { $0 }
    }

    /// It runs, or will without anybody doing anything.
    var isActive: Bool {
        switch phase {
        case .preparing, .running, .stopping, .waiting: true
        case .idle, .over, .unusable: false
        }
    }
}
