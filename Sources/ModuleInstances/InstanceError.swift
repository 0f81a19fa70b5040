public import JSON
public import ModuleImages

/// Why an instance cannot be started.
public struct InstanceError: Error, Equatable, Sendable {
    public let reason: Text
    /// Only another image or another manifest helps; else trying again may.
    public let isLasting: Bool

    /// A lasting error is one of the image or the manifest themselves.
    public init(_ reason: Text, isLasting: Bool = false) {
        self.reason = reason
        self.isLasting = isLasting
    }

    /// Of an image that cannot be used.
    public init(_ error: ImageError) {
        self.init(error.reason, isLasting: error.isLasting)
    }

    init(_ error: FunctionError) {
        self.init(error.reason, isLasting: error.kind != .result)
    }
}
