/// Syslog's levels, as far as a module needs them.
public enum LogLevel: Int32, Sendable {
    case error = 3
    case warning = 4
    case info = 6
    case debug = 7
}
