import UV

/// The timers of one library instance, by the number that the module knows them by.
struct TimerTable {
    /// Timers of one instance at a time; more is a leak in the module.
    static let limit = 1024

    private var running: [UInt64: Timer] = [:]
    private var last: UInt64 = 0

    /// nil: there are too many.
    mutating func insert(_ timer: Timer) -> UInt64? {
        guard running.count < Self.limit else { return nil }
        last += 1
        running[last] = timer
        return last
    }

    mutating func remove(_ number: UInt64) -> Timer? {
        running.removeValue(forKey: number)
    }

    mutating func removeAll() {
        for (_, timer) in running { timer.stop() }
        running = [:]
    }
}
