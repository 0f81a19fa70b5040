import UV

/// Stops all instances in the reverse of their start order, within a bounded time.
final class Shutdown {
    private var groups: [[Supervisor]]
    private let all: [Supervisor]
    private let timer: Timer
    private let deadlineMs: UInt64
    private var done: (() -> Void)?

    init(_ supervisors: [Supervisor], _ loop: Loop, deadlineMs: UInt64, _ done: @escaping () -> Void) {
        all = supervisors
        groups = StartOrder.stopGroups(supervisors)
        timer = Timer(loop)
        self.deadlineMs = deadlineMs
        self.done = done
    }

    /// Lives on through the timer until it is done.
    func begin() {
        timer.start(afterMs: deadlineMs) { [self] in
            for supervisor in all { supervisor.stop() }
            for supervisor in all { supervisor.kill() }
        }
        stopNext()
    }

    private func stopNext() {
        guard let group = groups.first else { return finish() }
        groups.removeFirst()
        var left = group.count
        for supervisor in group {
            supervisor.stop { [self] in
                left -= 1
                if left == 0 { stopNext() }
            }
        }
    }

    private func finish() {
        timer.stop()
        let done = self.done
        self.done = nil
        done?()
    }
}
