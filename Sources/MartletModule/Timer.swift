import CMartlet

/// A running timer. It stops when it is dropped: keep it in a property of the module.
public final class Timer {
    private let registration: Registration

    private init(_ registration: Registration) {
        self.registration = registration
    }

    static func start(_ host: Host, after: UInt64, every: UInt64, _ fire: @escaping () -> Void) throws(HostError) -> Timer {
        let registration = try Registration(host, .timer, refusal: .full, { _ in fire() }) { context in
            let once: martlet_fire = { Registration.fired($0, 0, isLast: true) }
            let again: martlet_fire = { Registration.fired($0, 0, isLast: false) }
            return host.api.pointee.timer_start?(host.instance, after, every, every > 0 ? again : once, context) ?? 0
        }
        return Timer(registration)
    }

    deinit {
        stop()
    }

    /// It never fires again, and what it held is let go.
    public func stop() {
        registration.stop()
    }
}
