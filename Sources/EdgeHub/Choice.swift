import Messages

/// A place where a message goes if it fulfils a condition. An object, for the same reason as `Destination`.
final class Choice {
    /// nil: every message that comes here.
    let condition: Condition?
    let destination: Destination

    init(_ condition: Condition?, _ destination: Destination) {
        self.condition = condition
        self.destination = destination
    }
}
