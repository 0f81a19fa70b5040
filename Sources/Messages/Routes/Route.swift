/// A compiled route: which messages go where. (`SELECT * FROM source WHERE condition INTO sink`)
public struct Route: Sendable, Equatable {
    public let source: RouteSource
    /// nil: every message of the source.
    public let condition: Condition?
    public let sink: RouteSink

    public init(source: RouteSource, condition: Condition? = nil, sink: RouteSink) {
        self.source = source
        self.condition = condition
        self.sink = sink
    }
}
