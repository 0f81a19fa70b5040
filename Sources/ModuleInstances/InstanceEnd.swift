import JSON

/// How an instance ended.
public enum InstanceEnd: Equatable, Sendable {
    /// Its process exited, or the library was destroyed in order (0).
    case exited(code: Int32)
    /// Its process was ended by a signal.
    case signalled(Int32)
    /// It could not be started or went on no longer, for this reason.
    case failed(reason: Text)
    /// It could not be started, as was found out after `start` had returned.
    case refused(InstanceError)
}
