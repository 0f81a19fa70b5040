public import JSON

/// Where a route leads.
public enum RouteSink: Sendable, Equatable {
    /// `$upstream`: the cloud.
    case upstream
    /// `BrokeredEndpoint("/modules/insight/inputs/readings")`: an input of a module of this device.
    case module(name: Text, input: Text)
}
