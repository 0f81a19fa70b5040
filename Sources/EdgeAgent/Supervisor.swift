import Deployment
import JSON
import ModuleIdentities
import ModuleImages
import ModuleInstances
import ModuleLinks
import UV

/// Keeps one module as the manifest wants it: starts its instance, hears of its end, starts it again by its policy.
final class Supervisor {
    private(set) var module: ModuleSpecification
    let output = ModuleLog()

    private let context: AgentContext
    private var rule = RestartRule()
    private var phase = Phase.idle
    private var current: Running?
    private var timer: Timer?
    private var lastStart: Int64?
    private var lastExit: Int64?
    private var exitCode: Int32?
    /// What happens once the running instance has ended because it was asked to.
    private var afterStop: (() -> Void)?
    private var stopWaiters: [() -> Void] = []
    /// The manifest has it no longer: it goes when its instance is over, and nothing starts it.
    var isLeaving = false
    /// Somebody stopped it: only a command or the manifest starts it again.
    private var isHeld = false
    /// What it ran last, or could not start.
    private var lastDigest: ImageDigest?

    private enum Phase {
        case idle
        case running
        case stopping
        /// `came`: it had run; else its start was refused.
        case waiting(reason: Text, untilMs: UInt64, came: Bool)
        case over(RuntimeStatus, reason: Text)
        /// The image cannot be used: only a new image, manifest or command starts it again.
        case unusable(reason: Text)
    }

    private struct Running {
        let instance: any ModuleInstance
        let digest: ImageDigest
        let port: any HubPort
        let startedNs: UInt64
        let startedMs: UInt64
        var isReady = false
    }

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

    // MARK: - Start and end

    private func startAfresh() {
        isHeld = false
        rule.reset()
        launch()
    }

    private func launch() {
        timer = nil
        exitCode = nil
        let startedNs = Loop.monotonicNs
        lastStart = WallClock.nowMs
        let made: LaunchableInstance
        do throws(InstanceError) {
            made = try context.launcher.make(
                module, identity: ModuleIdentity(deviceID: context.deviceID, moduleID: module.name),
                generationID: context.hub.generationID(of: module.name), observer: self)
        } catch {
            lastDigest = nil
            return refused(error)
        }
        lastDigest = made.digest
        let port = context.hub.attach(module.name, link: made.instance)
        current = Running(
            instance: made.instance, digest: made.digest, port: port, startedNs: startedNs, startedMs: Loop.monotonicMs)
        phase = .running
        do throws(InstanceError) {
            try made.instance.start(port: port)
        } catch {
            takeLeave()
            refused(error)
        }
    }

    /// It could not be started.
    private func refused(_ error: InstanceError) {
        guard error.isLasting else { return ended(.failed, error.reason, ranMs: 0, came: false) }
        phase = .unusable(reason: error.reason)
        context.log(3, "\(module.name) failed: \(error.reason)")
    }

    private func beginStop() {
        guard case .running = phase, let current else { return }
        phase = .stopping
        current.instance.stop()
    }

    private func ended(_ status: RuntimeStatus, _ reason: Text, ranMs: UInt64, came: Bool = true) {
        if case .stopping = phase { return endedAsAsked(reason) }
        guard module.status == .running else {
            phase = .over(status, reason: reason)
            return
        }
        switch rule.ended(failed: status == .failed, ranMs: ranMs, policy: module.restartPolicy, settings: context.settings) {
        case .stay:
            phase = .over(status, reason: reason)
            context.log(status == .failed ? 3 : 6, "\(module.name) \(status.word): \(reason)")
        case .giveUp:
            let given: Text = "\(reason); given up after \(rule.count) restarts"
            phase = .over(.failed, reason: given)
            context.log(3, "\(module.name) failed: \(given)")
        case .restart(let afterMs):
            phase = .waiting(reason: reason, untilMs: Loop.monotonicMs + afterMs, came: came)
            context.log(4, "\(module.name) \(came ? "ended" : "failed"): \(reason); restart \(rule.count) \(Self.when(afterMs))")
            waitForRestart(afterMs)
        }
    }

    private func endedAsAsked(_ reason: Text) {
        phase = .over(.stopped, reason: "stopped")
        context.log(6, "\(module.name) stopped (\(reason))")
        let next = afterStop
        let waiters = stopWaiters
        afterStop = nil
        stopWaiters = []
        for waiter in waiters { waiter() }
        next?()
    }

    private func waitForRestart(_ afterMs: UInt64) {
        let timer = Timer(context.loop)
        self.timer = timer
        timer.start(afterMs: afterMs) { [self] in launch() }
    }

    private static func when(_ afterMs: UInt64) -> Text {
        afterMs == 0 ? "at once" : "in \(afterMs / 1000) s"
    }
}

extension Supervisor: InstanceObserver {
    func instanceIsReady() {
        guard var current, !current.isReady else { return }
        current.isReady = true
        self.current = current
        let tenths = (Loop.monotonicNs - current.startedNs) / 100_000
        context.log(6, "\(module.name) running (\(module.kind.summary), \(tenths / 10).\(tenths % 10) ms)")
    }

    func instanceLogged(level: Int32, line: Text) {
        output.append(level: level, line)
    }

    func instanceEnded(_ end: InstanceEnd) {
        guard let ended = takeLeave() else { return }
        lastExit = WallClock.nowMs
        let ranMs = Loop.monotonicMs - ended.startedMs
        switch end {
        case .exited(code: 0):
            exitCode = 0
            self.ended(.stopped, "exit code 0", ranMs: ranMs)
        case .exited(let code):
            exitCode = code
            self.ended(.failed, "exit code \(code)\(lastWords)", ranMs: ranMs)
        case .signalled(let signal):
            self.ended(.failed, "ended by signal \(signal)\(lastWords)", ranMs: ranMs)
        case .failed(let reason):
            self.ended(.failed, reason, ranMs: ranMs)
        }
    }

    /// The instance is no longer: returns what it was.
    @discardableResult
    private func takeLeave() -> Running? {
        guard let ended = current else { return nil }
        current = nil
        context.hub.detach(ended.port)
        return ended
    }

    /// The last line of the module's output often says why it ended: its beginning, fit for a table.
    private var lastWords: Text {
        guard let line = output.tail(1).last else { return "" }
        let bytes = line.text.utf8
        var end = bytes.startIndex
        var count = 0
        while end != bytes.endIndex, count < 200 || bytes[end] & 0xC0 == 0x80 {
            end = bytes.index(after: end)
            count += 1
        }
        let words = bytes[..<end].map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }
        return ": \(Text(utf8: words))\(end == bytes.endIndex ? "" : "…")"
    }
}

extension Supervisor {
    /// A row of `martlet list`.
    var report: ModuleReport {
        let status: RuntimeStatus
        let description: Text
        switch phase {
        case .idle:
            (status, description) = (.stopped, "not started")
        case .running:
            let isReady = current?.isReady == true
            (status, description) = (.running, isReady ? "running for \(Duration.text(ms: ranMs))" : "starting")
        case .stopping:
            (status, description) = (.running, "stopping")
        case .waiting(let reason, let untilMs, let came):
            let left = untilMs - min(untilMs, Loop.monotonicMs)
            (status, description) = (came ? .backoff : .failed, "\(reason); restart in \(Duration.text(ms: left))")
        case .over(let ended, let reason):
            (status, description) = (ended, reason)
        case .unusable(let reason):
            (status, description) = (.failed, reason)
        }
        return ModuleReport(
            module: module, status: status, description: description, pid: current?.instance.processID,
            restartCount: rule.shownCount(ranMs: ranMs, context.settings), exitCode: exitCode, digest: current?.digest,
            lastStart: lastStart, lastExit: lastExit)
    }

    private var ranMs: UInt64 {
        current.map { Loop.monotonicMs - $0.startedMs } ?? 0
    }
}
