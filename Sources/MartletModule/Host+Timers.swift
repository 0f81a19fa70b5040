extension Host {
    /// Calls `fire` every `milliseconds` of monotonic time, the first time after as many.
    /// - Returns: the timer; it stops when it is dropped.
    /// - Throws: ``HostError/full`` if there are too many timers.
    public func every(_ milliseconds: UInt64, _ fire: @escaping () -> Void) throws(HostError) -> Timer {
        guard milliseconds > 0 else { throw .argument }
        return try Timer.start(self, after: milliseconds, every: milliseconds, fire)
    }

    /// Calls `fire` once, after `milliseconds` of monotonic time.
    /// - Returns: the timer; it stops when it is dropped.
    /// - Throws: ``HostError/full`` if there are too many timers.
    public func after(_ milliseconds: UInt64, _ fire: @escaping () -> Void) throws(HostError) -> Timer {
        try Timer.start(self, after: milliseconds, every: 0, fire)
    }
}
