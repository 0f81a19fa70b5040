/// What the process of a module may use; nil: as much as there is.
public struct ProcessLimits: Sendable, Equatable {
    /// Bytes of writable memory of its own. (RLIMIT_DATA)
    public var memory: UInt64?
    /// Descriptors that are open at the same time. (RLIMIT_NOFILE)
    public var files: UInt64?
    /// Seconds of processor time until it is ended. (RLIMIT_CPU)
    public var cpuSeconds: UInt64?

    public init(memory: UInt64? = nil, files: UInt64? = nil, cpuSeconds: UInt64? = nil) {
        self.memory = memory
        self.files = files
        self.cpuSeconds = cpuSeconds
    }
}
