import UV

/// A timer of a loop.
final class LoopAlarm: HubAlarm {
    private let timer: Timer
    private let fire: () -> Void

    init(_ loop: Loop, _ fire: @escaping () -> Void) {
        timer = Timer(loop)
        self.fire = fire
    }

    func set(afterMs ms: UInt64?) {
        guard let ms else { return timer.stop() }
        timer.start(afterMs: ms, fire)
    }
}
