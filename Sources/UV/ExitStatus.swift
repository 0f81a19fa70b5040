/// How a process ended.
public enum ExitStatus: Equatable, Sendable {
    /// It exited, 0 to 255.
    case code(Int)
    /// A signal ended it.
    case signal(Int)
}
