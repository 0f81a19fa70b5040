public import JSON

/// Folders that win over what the manifest says, as a system service gives them. Absolute; nil: as the manifest says.
public struct DirectoryOverrides: Sendable, Equatable {
    public var modules: Text?
    public var state: Text?
    public var runtime: Text?

    public init(modules: Text? = nil, state: Text? = nil, runtime: Text? = nil) {
        self.modules = modules
        self.state = state
        self.runtime = runtime
    }
}
