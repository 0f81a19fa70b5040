import CMartlet

/// A running timer. It stops when it is dropped: keep it in a property of the module.
public final class Timer {
    private let host: Host
    private var number: martlet_timer = 0
    private var fire: (() -> Void)?
    private let repeats: Bool
    /// Its place in the host's list.
    var index = 0

    init(_ host: Host, after: UInt64, every: UInt64, _ fire: @escaping () -> Void) throws(HostError) {
        self.host = host
        self.fire = fire
        repeats = every > 0
        number = try host.startTimer(self, after: after, every: every) { context in
            guard let context else { return }
            Unmanaged<Timer>.fromOpaque(context).takeUnretainedValue().fired()
        }
    }

    deinit {
        stop()
    }

    /// It never fires again, and what it held is let go.
    public func stop() {
        // What is let go may come back here: not before all is in order.
        let held = fire
        fire = nil
        if number != 0 {
            host.stopTimer(self, number)
            number = 0
        }
        withExtendedLifetime(held) {}
    }

    private func fired() {
        let fire = self.fire
        if !repeats { stop() }
        fire?()
    }
}
