import CPOSIX
import UV

/// Ends a process that was asked to stop and does not: SIGTERM, then SIGKILL, both to its whole group.
final class StopTimer {
    /// From `stop` to SIGTERM.
    static let graceMs: UInt64 = 5000
    /// From SIGTERM to SIGKILL; with the grace less than the 10 s in which the host promises to end.
    static let killMs: UInt64 = 3000

    private let timer: Timer

    init(_ loop: Loop, child: ChildProcess, firstSignalAfterMs: UInt64) {
        let timer = Timer(loop)
        self.timer = timer
        let terminate = {
            child.killGroup(SIGTERM)
            timer.start(afterMs: Self.killMs) { child.killGroup(SIGKILL) }
        }
        if firstSignalAfterMs == 0 { terminate() } else { timer.start(afterMs: firstSignalAfterMs, terminate) }
    }

    deinit {
        timer.stop()
    }
}
