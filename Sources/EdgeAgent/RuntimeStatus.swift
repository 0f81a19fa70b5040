import JSON

/// The state of an instance, under IoT Edge's names.
public enum RuntimeStatus: Sendable, Equatable {
    case running
    /// Never started, or ended with exit code 0.
    case stopped
    /// Ended in another way, could not be started, or was given up.
    case failed
    /// Waits for its image, or for its restart.
    case backoff

    public var word: Text {
        switch self {
        case .running: "running"
        case .stopped: "stopped"
        case .failed: "failed"
        case .backoff: "backoff"
        }
    }
}
