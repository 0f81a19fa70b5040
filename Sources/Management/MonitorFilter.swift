import JSON

/// Which messages `martlet monitor` shows.
public struct MonitorFilter: Sendable, Equatable {
    /// The sending module and its output. nil: what goes to `$upstream`, from anywhere.
    public struct Source: Sendable, Equatable {
        public var module: Text
        /// nil: every output of the module.
        public var output: Text?

        public init(module: Text, output: Text? = nil) {
            self.module = module
            self.output = output
        }
    }

    public var source: Source?

    public init(source: Source? = nil) {
        self.source = source
    }
}
