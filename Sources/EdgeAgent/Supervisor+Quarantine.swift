import Deployment
import JSON
import ModuleImages
import ModuleInstances
import UV

// What it runs as, where its image ended the host, and what it holds up.
extension Supervisor {
    /// Why an image of this module runs in a process of its own, against the manifest; nil: it does not.
    func quarantine(of digest: ImageDigest) -> Text? {
        guard let isolation = module.kind.isolation, let verdict = context.memory[module.name].quarantine else { return nil }
        let whose: Text = "\(module.name), in quarantine (\(verdict.reason))"
        guard verdict.digest == digest else {
            context.memory.change(module.name) { $0.quarantine = nil }
            context.log(6, "\(whose), leaves it: its image has changed")
            return nil
        }
        if isolation == .process { return nil }
        guard context.isQuarantineOn else {
            context.log(4, "\(whose), runs as if it were not: host.quarantine is false")
            return nil
        }
        context.log(4, "\(whose), runs in a process of its own until its image changes")
        return verdict.reason
    }

    /// Where its code runs now; nil: an executable.
    var isolation: Isolation? {
        quarantine == nil ? module.kind.isolation : .process
    }

    /// What the description ends with.
    var containment: Text {
        var text: Text = ""
        if let blocked { text = "; \(blocked)" }
        if let quarantine { text = "\(text); in quarantine: \(quarantine)" }
        return text
    }

    /// `blocks the loop for 3.0 s in receive`, `blocked the loop for 3.2 s in receive, until 2026-…Z`; nil: every call of this instance has returned in time.
    var blocked: Text? {
        guard let current, let call = current.blocked ?? context.launcher.containment?.blockedCall(of: module.name) else { return nil }
        let seconds: Text = "\(call.msNow / 1000).\(call.msNow % 1000 / 100) s in \(call.word)"
        guard call.hasReturned else { return "blocks \(Self.word(call.place)) for \(seconds)" }
        return "blocked \(Self.word(call.place)) for \(seconds), until \(Text(iso8601Ms: call.saidAt))"
    }

    /// From a process of its own; others are named in the host's log by the watchdog itself.
    func instanceBlocked(_ call: BlockedCall) {
        current?.blocked = call
        guard let blocked else { return }
        context.log(4, "\(module.name) \(blocked)\(call.hasReturned ? "" : "; its log says where")")
    }

    private static func word(_ place: BlockedCall.Place) -> Text {
        switch place {
        case .loop: "the loop"
        case .thread: "its thread"
        case .process: "its process"
        }
    }
}
