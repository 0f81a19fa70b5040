/// What a module has been through since the host runs.
public struct ModuleTally: Sendable {
    /// Instances that were started, and those that are over.
    public internal(set) var starts: UInt64 = 0
    public internal(set) var ends: UInt64 = 0
    private var wanted = RunTime()
    private var running = RunTime()

    mutating func isWanted(_ isWanted: Bool, _ nowMs: UInt64) {
        if isWanted { wanted.begin(nowMs) } else { wanted.end(nowMs) }
    }

    mutating func isReady(_ nowMs: UInt64) { running.begin(nowMs) }

    mutating func isOver(_ nowMs: UInt64) {
        ends += 1
        running.end(nowMs)
    }

    /// Milliseconds for which the manifest wanted it to run.
    public func wantedMs(_ nowMs: UInt64) -> UInt64 { wanted.totalMs(nowMs) }
    /// Milliseconds for which an instance was ready.
    public func runningMs(_ nowMs: UInt64) -> UInt64 { running.totalMs(nowMs) }
}
