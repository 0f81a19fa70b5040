/// What to start as a child process.
public struct ChildOptions: Sendable {
    /// Where one of the child's standard streams goes.
    public enum Standard: Equatable, Sendable {
        /// To a `Stream` of the `ChildProcess`. It is a socket: a child cannot open it again as `/dev/stdout`.
        case pipe
        /// Standard input only: from a `Stream` of the `ChildProcess`, through a pipe that is none of sockets. So it is known how much
        /// of it the child has read; see `Stream.readBytes`.
        case countedPipe
        /// To this process's own.
        case inherit
        /// To `/dev/null`.
        case null
        /// To a descriptor of this process, which stays open and the caller's.
        case descriptor(Int32)
    }

    /// A path, or a name that is looked for in this process's `PATH`.
    public var file: String
    /// `argv`, its first element included.
    public var arguments: [String]
    /// All of it, each `NAME=value`: nothing is inherited.
    public var environment: [String]
    /// nil: this process's own.
    public var workingDirectory: String?
    public var standardInput: Standard
    public var standardOutput: Standard
    public var standardError: Standard
    /// A session and process group of its own, with the child's pid as number, which `killGroup` reaches.
    public var ownSession: Bool

    public init(
        file: String, arguments: [String], environment: [String] = [], workingDirectory: String? = nil,
        standardInput: Standard = .null, standardOutput: Standard = .inherit, standardError: Standard = .inherit,
        ownSession: Bool = true
    ) {
        self.file = file
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.standardInput = standardInput
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.ownSession = ownSession
    }
}
