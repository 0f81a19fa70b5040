public import JSON

/// Which messages a monitor sees.
public enum MonitorFilter: Sendable, Equatable {
    /// What goes to `$upstream`.
    case upstream
    /// What a module sends to an output, wherever it goes.
    case output(module: Text, output: Text)
    case everything
}
