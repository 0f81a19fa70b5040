/// A compiled route: which messages go where. (`SELECT * FROM source INTO sink`)
public struct Route: Sendable, Equatable {
    public let source: RouteSource
    public let sink: RouteSink

    public init(source: RouteSource, sink: RouteSink) {
        self.source = source
        self.sink = sink
    }
}
