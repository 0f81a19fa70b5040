import Deployment
import JSON
import ModuleImages
import ModuleInstances
import UV

extension Supervisor {
    /// A row of `martlet list`.
    var report: ModuleReport {
        let status: RuntimeStatus
        let description: Text
        switch phase {
        case .idle:
            (status, description) = (.stopped, "not started")
        case .preparing:
            (status, description) = (.backoff, "preparing its image")
        case .running:
            let state: Text = current?.isReady == true ? "running for \(Duration.text(ms: ranMs))" : "starting"
            (status, description) = (.running, imageNote.map { "\(state); \($0)" } ?? state)
        case .stopping:
            (status, description) = (.running, current?.instance.hanging.map { "stopping; \($0)" } ?? "stopping")
        case .waiting(let reason, let untilMs, let came):
            let left = untilMs - min(untilMs, Loop.monotonicMs)
            (status, description) = (came ? .backoff : .failed, "\(reason); restart in \(Duration.text(ms: left))")
        case .over(let ended, let reason):
            (status, description) = (ended, reason)
        case .unusable(let reason):
            (status, description) = (.failed, reason)
        }
        return ModuleReport(
            module: module, status: status, description: "\(description)\(containment)", isolation: isolation,
            quarantine: quarantine, blocked: blocked, pid: current?.instance.processID,
            restartCount: rule.shownCount(ranMs: ranMs, context.settings), exitCode: exitCode, digest: current?.digest,
            refusedImage: refusedImage, lastStart: lastStart, lastExit: lastExit, tally: tally)
    }

    /// Why it runs another image than its file holds.
    private var imageNote: Text? {
        if let fault = imageFault { return "its new image is not taken: \(fault)" }
        guard let refused = refusedImage, current?.digest == context.memory[module.name].good else { return nil }
        return "its new image \(refused.digest.text) was refused: \(refused.reason)"
    }

    private var refusedImage: ModuleRecord.Verdict? { context.memory[module.name].refused }

    private var ranMs: UInt64 {
        current.map { Loop.monotonicMs - $0.startedMs } ?? 0
    }
}
