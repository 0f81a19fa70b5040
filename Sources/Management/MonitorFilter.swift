import JSON

/// Which messages `martlet monitor` shows.
public struct MonitorFilter: Sendable, Equatable {
    /// The sending module and its output. nil: what goes to `$upstream`, from anywhere.
    public struct Source: Sendable, Equatable {
        /// The `ClientName` of the sender.
        public var module: Text
        /// nil: every output of the module.
        public var output: Text?

        /// All outputs of a module, or one.
        public init(module: Text, output: Text? = nil) {
            self.module = module
            self.output = output
        }
    }

    /// nil: what goes to `$upstream`.
    public var source: Source?

    /// A filter for a source, or for `$upstream`.
    public init(source: Source? = nil) {
        self.source = source
    }
}
