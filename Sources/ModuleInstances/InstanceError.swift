public import JSON
import ModuleImages

/// Why an instance cannot be started.
public struct InstanceError: Error, Equatable, Sendable {
    public let reason: Text

    public init(_ reason: Text) {
        self.reason = reason
    }
}
