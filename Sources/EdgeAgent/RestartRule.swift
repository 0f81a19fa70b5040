import Deployment

/// When an instance that ended is started again: IoT Edge's policies and back-off, counted for one module.
///
/// One deviation from IoT Edge: after exit 0 `on-failure` and `on-unhealthy` leave the instance stopped. (contract section 1)
struct RestartRule: Equatable {
    enum Decision: Equatable {
        /// It stays as it is.
        case stay
        /// It is started again after so many milliseconds; 0 is at once.
        case restart(afterMs: UInt64)
        /// It was restarted too often; it stays failed until somebody starts it.
        case giveUp
    }

    /// 300 s, IoT Edge's upper bound of the back-off.
    static let longestBackOffMs: UInt64 = 300_000

    /// Restarts since it last ran long enough.
    private(set) var count = 0

    /// - Parameters:
    ///   - failed: anything but exit code 0.
    ///   - ranMs: how long it ran; 0 if it never did.
    mutating func ended(failed: Bool, ranMs: UInt64, policy: RestartPolicy, settings: RestartSettings) -> Decision {
        if hasRunLong(ranMs, settings) { count = 0 }
        guard Self.restarts(policy, failed: failed) else { return .stay }
        guard count < settings.maxRestarts else { return .giveUp }
        let delay = Self.backOffMs(settings.coolOffSeconds, count)
        count += 1
        return .restart(afterMs: delay)
    }

    /// Whether an instance that ended so is started again.
    static func restarts(_ policy: RestartPolicy, failed: Bool) -> Bool {
        switch policy {
        case .never: false
        case .onFailure, .onUnhealthy: failed
        case .always: true
        }
    }

    /// Somebody starts it by hand, or the manifest says something new of it.
    mutating func reset() {
        count = 0
    }

    /// What `martlet list` shows of an instance that has run for so long.
    func shownCount(ranMs: UInt64, _ settings: RestartSettings) -> Int {
        hasRunLong(ranMs, settings) ? 0 : count
    }

    private func hasRunLong(_ ranMs: UInt64, _ settings: RestartSettings) -> Bool {
        ranMs >= UInt64(settings.intensiveCareSeconds) * 1000
    }

    /// coolOff · 2^count, at most 300 s.
    private static func backOffMs(_ coolOffSeconds: Int, _ count: Int) -> UInt64 {
        let coolOff = UInt64(coolOffSeconds) * 1000
        if coolOff == 0 { return 0 }
        guard count < 16 else { return longestBackOffMs }
        return min(coolOff << UInt64(count), longestBackOffMs)
    }
}
