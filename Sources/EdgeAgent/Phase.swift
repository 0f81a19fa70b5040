import JSON

/// Where a module is between start and end.
enum Phase {
    case idle
    /// Its image is read, checked and copied.
    case preparing
    case running
    case stopping
    /// `came`: it had run; else its start was refused.
    case waiting(reason: Text, untilMs: UInt64, came: Bool)
    case over(RuntimeStatus, reason: Text)
    /// The image cannot be used: only a new image, manifest or command starts it again.
    case unusable(reason: Text)
}
