import Deployment
import JSON
import ModuleImages
import ModuleInstances
import UV

// Which image it runs: that of its file, or the one before.
extension Supervisor {
    private var rules: Probation.Settings { Probation.Settings(module, context.settings) }

    /// The file's image, unless it is refused.
    private func order(mustBeQuiet: Bool) -> ImageOrder {
        var order = context.launcher.order(module)
        order.refused = Probation.refused(context.memory[module.name], rules)
        order.mustBeQuiet = mustBeQuiet
        return order
    }

    /// Prepares the file's image or, where that cannot be had, the one that is to run instead. `then` does not come if meanwhile
    /// something else is wanted.
    /// - Parameters:
    ///   - mustBeQuiet: whether a file that changed a moment ago counts as being written.
    ///   - then: the image, or what is wrong with the file.
    func prepareAny(mustBeQuiet: Bool = false, _ then: @escaping (Result<PreparedImage, ImageError>) -> Void) {
        let attempt = self.attempt
        context.images.prepare(order(mustBeQuiet: mustBeQuiet)) { [self] result in
            guard attempt == self.attempt else { return }
            switch result {
            case .success:
                fileIsGood()
                then(result)
            case .failure(let fault):
                let record = context.memory[module.name]
                // A file that changed a moment ago may still be the one that fails.
                let last = lastWasReady || fault.kind != .unusable ? lastDigest : nil
                guard let other = Probation.instead(fault.kind, record, last: last, rules) else { return then(.failure(fault)) }
                prepare(other, instead: fault, record, then)
            }
        }
    }

    private func prepare(
        _ digest: ImageDigest, instead fault: ImageError, _ record: ModuleRecord,
        _ then: @escaping (Result<PreparedImage, ImageError>) -> Void
    ) {
        let attempt = self.attempt
        var order = context.launcher.order(module)
        order.source = .stored(digest)
        order.signature = digest == record.good ? record.goodSignature : lastSignature
        context.images.prepare(order) { [self] result in
            guard attempt == self.attempt else { return }
            switch result {
            case .success:
                isNotTaken(fault)
                then(result)
            case .failure(let error) where fault.kind == .refused:
                context.log(3, "\(module.name): cannot go back to image \(digest.text): \(error.reason); trying that of the file again")
                context.memory.change(module.name) { Probation.cannotGoBack(&$0) }
                prepareAny(then)
            case .failure: then(.failure(fault))
            }
        }
    }

    /// No image at all.
    func cannotPrepare(_ error: ImageError) {
        if error.isLasting { return cannotBeUsed(error.reason) }
        guard error.kind == .busy else {
            context.collectImages()
            return ended(.failed, error.reason, ranMs: 0, came: false)
        }
        phase = .unusable(reason: error.reason)
        lookAgain(afterMs: UInt64(ImageStore.quietMs))
    }

    // MARK: - The file changes

    /// The file may have changed or come: switches to its image, or starts what could not start.
    /// - Parameter again: it was wanted before, but not complete; what ran in its place may have ended in order.
    func lookAtImage(again: Bool = false) {
        guard module.status == .running, !isHeld, !isLeaving else { return }
        switch phase {
        case .idle: return
        case .over(.stopped, _) where !again: return
        // A start follows, of an image that was prepared already.
        case .preparing, .stopping: return lookAgain(afterMs: UInt64(ImageStore.quietMs))
        case .running, .waiting, .unusable, .over: break
        }
        let attempt = self.attempt
        context.images.prepare(order(mustBeQuiet: true)) { [self] result in
            guard attempt == self.attempt else { return }
            switch result {
            case .success(let image): fileHolds(image)
            case .failure(let fault): fileIsUnusable(fault)
            }
        }
    }

    private func fileHolds(_ image: PreparedImage) {
        fileIsGood()
        guard image.digest != lastDigest else { return }
        switch phase {
        case .running: change(to: image)
        case .over:
            context.log(6, "\(module.name): its image changed to \(image.digest.text), starting")
            startAfresh(image)
        default: startAfresh(image)
        }
    }

    /// What may have to run again is on the disk before anything new can end the host.
    private func change(to image: PreparedImage) {
        context.log(6, "\(module.name): its image changed to \(image.digest.text), restarting")
        if let current { stopped(current) }
        let attempt = self.attempt
        context.saveMemory { [self] in
            if attempt == self.attempt { restart(with: image) }
        }
    }

    private func fileIsUnusable(_ fault: ImageError) {
        switch fault.kind {
        case .missing, .refused: break
        case .busy: lookAgain(afterMs: UInt64(ImageStore.quietMs))
        case .unusable:
            switch phase {
            case .running: isNotTaken(fault)
            case .unusable: cannotBeUsed(fault.reason)
            // The next start by the policy sees to it.
            default: break
            }
        case .system:
            // What does not run has its own back-off.
            guard case .running = phase else { return }
            isNotTaken(fault)
        }
    }

    private func lookAgain(afterMs: UInt64) {
        let timer = Timer(context.loop)
        lookTimer = timer
        timer.start(afterMs: afterMs) { [self] in
            lookTimer = nil
            lookAtImage(again: true)
        }
    }

    private func fileIsGood() {
        imageFault = nil
        looks = 0
        lookTimer = nil
        context.memory.change(module.name) { $0.refused = nil }
    }

    /// Another image runs in place of the file's.
    private func isNotTaken(_ fault: ImageError) {
        if fault.kind == .busy { return lookAgain(afterMs: UInt64(ImageStore.quietMs)) }
        if fault.kind == .system {
            context.collectImages()
            // 1 s, 2 s, … as long as an instance that fails would wait.
            lookAgain(afterMs: min(1000 << UInt64(min(looks, 16)), RestartRule.longestBackOffMs))
            looks += 1
        }
        // A refusal was told when it was made.
        guard fault.kind != .refused, imageFault != fault.reason else { return }
        imageFault = fault.reason
        context.log(3, "\(module.name): its new image is not taken, the one before runs on: \(fault.reason)")
    }

    // MARK: - Probation

    /// Remembers the image once it is ready and has run long enough.
    func watchProbation(_ image: PreparedImage) {
        guard context.settings.probationSeconds > 0, context.memory[module.name].good != image.digest else { return }
        let timer = Timer(context.loop)
        probationTimer = timer
        timer.start(afterMs: UInt64(context.settings.probationSeconds) * 1000) { [self] in
            probationTimer = nil
            outlivesProbation()
        }
    }

    func outlivesProbation() {
        guard let current, current.isReady, probationTimer == nil, context.settings.probationSeconds > 0,
            context.memory[module.name].good != current.digest
        else { return }
        context.memory.change(module.name) { probation.outlives(current.digest, signature: current.image.signature, &$0) }
        context.collectImages()
    }

    /// The instance ends because somebody wants it to.
    func stopped(_ running: RunningInstance) {
        context.memory.change(module.name) {
            probation.stops(running.digest, signature: running.image.signature, wasReady: running.isReady, &$0)
        }
    }

    /// The instance could not start, or ended by itself.
    /// - Returns: whether it goes back to the image before, and all is done.
    func goesBack(_ digest: ImageDigest, _ reason: Text) -> Bool {
        var verdict = Probation.Verdict.restartPolicy
        context.memory.change(module.name) {
            verdict = probation.fails(digest, reason: reason, nowMs: Loop.monotonicMs, &$0, rules)
        }
        switch verdict {
        case .restartPolicy: return false
        case .demanded:
            context.log(4, "\(module.name): its new image \(digest.text) does not go back to the one before: settings.digest demands it")
            return false
        case .goesBack(let good):
            context.log(
                3,
                "\(module.name): its new image \(digest.text) failed on probation (\(reason)); it goes back to \(good.text). Put another file in place to try again"
            )
            rule.reset()
            launch()
            return true
        }
    }
}
