import Deployment
import JSON
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
        case .running:
            let isReady = current?.isReady == true
            (status, description) = (.running, isReady ? "running for \(Duration.text(ms: ranMs))" : "starting")
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
            module: module, status: status, description: description, pid: current?.instance.processID,
            restartCount: rule.shownCount(ranMs: ranMs, context.settings), exitCode: exitCode, digest: current?.digest,
            lastStart: lastStart, lastExit: lastExit)
    }

    private var ranMs: UInt64 {
        current.map { Loop.monotonicMs - $0.startedMs } ?? 0
    }
}
