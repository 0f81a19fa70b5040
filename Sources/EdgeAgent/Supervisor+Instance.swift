import Deployment
import JSON
import ModuleIdentities
import ModuleImages
import ModuleInstances
import ModuleLinks
import UV

// Start and end of its instances.
extension Supervisor {
    func startAfresh() {
        isHeld = false
        rule.reset()
        launch()
    }

    func launch() {
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
        current = RunningInstance(
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
    func refused(_ error: InstanceError) {
        guard error.isLasting else { return ended(.failed, error.reason, ranMs: 0, came: false) }
        phase = .unusable(reason: error.reason)
        context.log(3, "\(module.name) failed: \(error.reason)")
    }

    func beginStop() {
        guard case .running = phase, let current else { return }
        phase = .stopping
        current.instance.stop()
    }

    func ended(_ status: RuntimeStatus, _ reason: Text, ranMs: UInt64, came: Bool = true) {
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

    func endedAsAsked(_ reason: Text) {
        phase = .over(.stopped, reason: "stopped")
        context.log(6, "\(module.name) stopped (\(reason))")
        let next = afterStop
        let waiters = stopWaiters
        afterStop = nil
        stopWaiters = []
        for waiter in waiters { waiter() }
        next?()
    }

    func waitForRestart(_ afterMs: UInt64) {
        let timer = Timer(context.loop)
        self.timer = timer
        timer.start(afterMs: afterMs) { [self] in launch() }
    }

    static func when(_ afterMs: UInt64) -> Text {
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
            self.ended(.failed, "\(InstanceEnd.reason(signal: signal, module.limits))\(lastWords)", ranMs: ranMs)
        case .failed(let reason):
            self.ended(.failed, reason, ranMs: ranMs)
        case .refused(let error):
            if case .stopping = phase { self.ended(.failed, error.reason, ranMs: ranMs) } else { refused(error) }
        }
    }

    /// The instance is no longer: returns what it was.
    @discardableResult
    private func takeLeave() -> RunningInstance? {
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
