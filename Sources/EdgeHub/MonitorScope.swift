public import JSON

/// Which messages a monitor sees.
public enum MonitorScope: Sendable, Equatable {
    /// What goes to `$upstream`.
    case upstream
    /// What a module sends to an output, wherever it goes; nil: to any output.
    case module(Text, output: Text?)
}
