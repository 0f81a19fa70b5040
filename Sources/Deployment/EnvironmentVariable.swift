public import JSON

/// One variable of a module's environment.
public struct EnvironmentVariable: Sendable, Equatable {
    /// Without `=` and NUL.
    public var name: Text
    /// Without NUL.
    public var value: Text

    public init(name: Text, value: Text) {
        self.name = name
        self.value = value
    }
}
