/// Why a command ends without success.
struct CommandFailure: Error {
    let exitCode: Int32
    /// For standard error, behind the command's name; nil where everything is said already.
    let message: String?
    /// Whether to point to `--help`.
    var isUsage = false

    static func failed(_ message: String?) -> CommandFailure { CommandFailure(exitCode: ExitCode.failed, message: message) }
    static func invalid(_ message: String) -> CommandFailure { CommandFailure(exitCode: ExitCode.invalid, message: message) }
    static func noHost(_ message: String) -> CommandFailure { CommandFailure(exitCode: ExitCode.noHost, message: message) }

    /// The arguments are not such as the command takes.
    static func usage(_ message: String?) -> CommandFailure {
        CommandFailure(exitCode: ExitCode.invalid, message: message, isUsage: true)
    }
}
