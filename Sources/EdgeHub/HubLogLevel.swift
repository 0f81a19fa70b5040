/// How much a log line of the hub matters.
public enum HubLogLevel: Sendable {
    case info
    case warning
    case error
}
