import Deployment
import JSON
import ModuleImages

/// What is known of one module: a row of `martlet list`.
public struct ModuleReport: Sendable {
    public let module: ModuleSpecification
    public let status: RuntimeStatus
    /// For people: since when, why, what comes next.
    public let description: Text
    /// Where its code runs now, which may be other than the manifest says; nil: an executable.
    public let isolation: Isolation?
    /// Why it runs in a process of its own against the manifest; nil: it does not.
    public let quarantine: Text?
    /// How it held up the host; nil: it did not.
    public let blocked: Text?
    public let pid: Int32?
    public let restartCount: Int
    /// Of the last end, if that was an exit.
    public let exitCode: Int32?
    public let digest: ImageDigest?
    /// An image that failed on probation and is not tried again.
    public let refusedImage: ModuleRecord.Verdict?
    /// Milliseconds since 1970; nil: never.
    public let lastStart: Int64?
    public let lastExit: Int64?
    public let tally: ModuleTally
}
