/// What is done about a module of the host's own process that does not return from a call.
public struct WatchdogSettings: Sendable, Equatable {
    /// After so many milliseconds, and less than twice as many, the log names it; 0: never.
    public var warnAfterMs: Int
    /// After so many seconds on the host's loop the host restarts itself; 0: never.
    public var restartAfterSeconds: Int

    public init(warnAfterMs: Int = 1000, restartAfterSeconds: Int = 30) {
        self.warnAfterMs = warnAfterMs
        self.restartAfterSeconds = restartAfterSeconds
    }
}
