import UV

/// Stops all instances in the reverse of their start order, within a bounded time.
///
/// ```
///  0        share     2·share  …      deadline − grace        deadline   + last
///  ├ group 1 ┤ group 2 ┤      …  │ all are asked │ … SIGTERM … │ SIGKILL │ given up
/// ```
/// A group begins when the one before it is over or its share of the time is used up: one that hangs takes nothing from the others.
final class Shutdown {
    /// From the kill at the deadline until it ends anyway: a process that hangs in a driver survives even SIGKILL.
    static let lastMs: UInt64 = 500

    private var groups: [[Supervisor]]
    private let all: [Supervisor]
    private let deadline: Timer
    private let share: Timer
    private let deadlineMs: UInt64
    private let shareMs: UInt64
    private var left: Int
    private var done: (() -> Void)?

    /// - Parameter graceMs: of the deadline, kept for the group that is asked last.
    init(_ supervisors: [Supervisor], _ loop: Loop, deadlineMs: UInt64, graceMs: UInt64, _ done: @escaping () -> Void) {
        all = supervisors
        groups = StartOrder.stopGroups(supervisors)
        left = supervisors.count
        deadline = Timer(loop)
        share = Timer(loop)
        self.deadlineMs = deadlineMs
        shareMs = (deadlineMs - min(graceMs, deadlineMs)) / UInt64(max(groups.count, 1))
        self.done = done
    }

    /// Lives on through the timers until it is done.
    func begin() {
        deadline.start(afterMs: deadlineMs) { [self] in
            while !groups.isEmpty { stopNext() }
            for supervisor in all { supervisor.kill() }
            if done != nil { deadline.start(afterMs: Self.lastMs) { [self] in finish() } }
        }
        if groups.isEmpty { finish() } else { stopNext() }
    }

    private func stopNext() {
        share.stop()
        guard let group = groups.first else { return }
        groups.removeFirst()
        if !groups.isEmpty { share.start(afterMs: shareMs) { [self] in stopNext() } }
        var leftOfGroup = group.count
        for supervisor in group {
            supervisor.stop { [self] in
                left -= 1
                leftOfGroup -= 1
                if left == 0 { finish() } else if leftOfGroup == 0 { stopNext() }
            }
        }
    }

    private func finish() {
        deadline.stop()
        share.stop()
        let done = self.done
        self.done = nil
        done?()
    }
}
