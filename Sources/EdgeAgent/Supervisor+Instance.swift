import Deployment
import JSON
import ModuleIdentities
import ModuleImages
import ModuleInstances
import ModuleLinks
import UV

// Start and end of its instances.
extension Supervisor {
    func startAfresh(_ image: PreparedImage? = nil) {
        isHeld = false
        rule.reset()
        launch(image)
    }

    /// - Parameters:
    ///   - image: if it was prepared already.
    ///   - again: nobody asked for it, so that a file which changed a moment ago is left alone.
    func launch(_ image: PreparedImage? = nil, again: Bool = false) {
        attempt += 1
        timer = nil
        let startedNs = Loop.monotonicNs
        if let image { return begin(image, startedNs) }
        phase = .preparing
        prepareAny(mustBeQuiet: again) { [self] result in
            switch result {
            case .success(let image): begin(image, startedNs)
            case .failure(let error):
                lastDigest = nil
                cannotPrepare(error)
            }
        }
    }

    private func begin(_ image: PreparedImage, _ startedNs: UInt64) {
        let digest = image.digest
        exitCode = nil
        lastStart = WallClock.nowMs
        if lastDigest != digest {
            lastWasReady = false
            context.collectImages()
        }
        (lastDigest, lastSignature) = (digest, image.signature)
        context.memory.change(module.name) {
            probation.starts(digest, signature: image.signature, &$0, nowMs: Loop.monotonicMs)
        }
        let instance: any ModuleInstance
        do throws(InstanceError) {
            quarantine = quarantine(of: digest)
            instance = try context.launcher.make(
                module, inProcess: quarantine != nil, copy: image.copy,
                identity: ModuleIdentity(deviceID: context.deviceID, moduleID: module.name),
                generationID: context.hub.generationID(of: module.name), observer: self)
        } catch {
            return refused(error, digest)
        }
        let port = instance.connectsItself ? nil : context.hub.attach(module.name, link: instance)
        current = RunningInstance(
            instance: instance, image: image, port: port, startedNs: startedNs, startedMs: Loop.monotonicMs)
        phase = .running
        tally.starts += 1
        watchProbation(image)
        do throws(InstanceError) {
            if let port { try instance.start(port: port) } else { try instance.start() }
        } catch {
            takeLeave()
            refused(error, digest)
        }
    }

    /// It could not be started.
    private func refused(_ error: InstanceError, _ digest: ImageDigest) {
        if goesBack(digest, error.reason) { return }
        guard error.isLasting else { return ended(.failed, error.reason, ranMs: 0, came: false) }
        cannotBeUsed(error.reason)
    }

    func cannotBeUsed(_ reason: Text) {
        phase = .unusable(reason: reason)
        context.log(3, "\(module.name) failed: \(reason)")
    }

    func beginStop() {
        guard case .running = phase, let current else { return }
        phase = .stopping
        current.instance.stop()
    }

    func ended(_ status: RuntimeStatus, _ reason: Text, ranMs: UInt64, came: Bool = true) {
        if case .stopping = phase { return endedAsAsked(reason) }
        // Its policy is for what the manifest wants to run.
        guard module.status == .running else { return stays(status, reason) }
        switch rule.ended(failed: status == .failed, ranMs: ranMs, policy: module.restartPolicy, settings: context.settings) {
        case .stay: stays(status, reason)
        case .giveUp: stays(.failed, "\(reason); given up after \(rule.count) restarts")
        case .restart(let afterMs):
            phase = .waiting(reason: reason, untilMs: Loop.monotonicMs + afterMs, came: came)
            context.log(4, "\(module.name) \(came ? "ended" : "failed"): \(reason); restart \(rule.count) \(Self.when(afterMs))")
            waitForRestart(afterMs)
        }
    }

    private func stays(_ status: RuntimeStatus, _ reason: Text) {
        phase = .over(status, reason: reason)
        context.log(status == .failed ? 3 : 6, "\(module.name) \(status.word): \(reason)")
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
        timer.start(afterMs: afterMs) { [self] in launch(again: true) }
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
        lastWasReady = true
        tally.isReady(Loop.monotonicMs)
        let tenths = (Loop.monotonicNs - current.startedNs) / 100_000
        outlivesProbation()
        context.log(6, "\(module.name) running (\(module.kind.summary(isolation)), \(tenths / 10).\(tenths % 10) ms)")
        settles()
    }

    func instanceLogged(level: Int32, line: Text) {
        output.append(level: level, line)
    }

    func instanceEnded(_ end: InstanceEnd) {
        guard let ended = takeLeave() else { return }
        lastExit = WallClock.nowMs
        let ranMs = Loop.monotonicMs - ended.startedMs
        if case .exited(let code) = end { exitCode = code }
        if case .stopping = phase {
            stopped(ended)
        } else if case .refused(let error) = end {
            return refused(error, ended.digest)
        } else if !isInOrder(end), module.status == .running, goesBack(ended.digest, reason(end)) {
            return
        }
        self.ended(end == .exited(code: 0) ? .stopped : .failed, reason(end), ranMs: ranMs)
    }

    /// Only a program has an end of its own.
    private func isInOrder(_ end: InstanceEnd) -> Bool {
        end == .exited(code: 0) && module.kind.type == .executable
    }

    private func reason(_ end: InstanceEnd) -> Text {
        switch end {
        case .exited(code: 0): "exit code 0"
        case .exited(let code): "exit code \(code)\(lastWords)"
        case .signalled(let signal): "\(InstanceEnd.reason(signal: signal, module.limits))\(lastWords)"
        case .failed(let reason): reason
        case .refused(let error): error.reason
        }
    }

    /// The instance is no longer: returns what it was.
    @discardableResult
    private func takeLeave() -> RunningInstance? {
        guard let ended = current else { return nil }
        current = nil
        tally.isOver(Loop.monotonicMs)
        probationTimer = nil
        if let port = ended.port { context.hub.detach(port) }
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
