public import JSON

/// A route of the manifest with its name and what it says about waiting messages.
public struct RouteSpecification: Sendable, Equatable {
    public let name: Text
    public let route: Route
    /// 0 (first) to 9; nil: after all of these. (IoT Edge's default, 2000000000)
    public let priority: Int?
    /// Seconds that a message may wait; nil or 0: as the store-and-forward configuration says.
    public let timeToLiveSecs: UInt32?
    /// Where messages wait: on disk for `$upstream`, in memory for modules, unless the route says otherwise.
    public let persistence: Persistence
    /// nil: as the host's limits say.
    public let whenFull: FullQueueRule?

    /// `persistence` nil stands for the default of the sink.
    public init(
        name: Text, route: Route, priority: Int? = nil, timeToLiveSecs: UInt32? = nil, persistence: Persistence? = nil,
        whenFull: FullQueueRule? = nil
    ) {
        self.name = name
        self.route = route
        self.priority = priority
        self.timeToLiveSecs = timeToLiveSecs
        self.persistence = persistence ?? (route.sink == .upstream ? .disk : .memory)
        self.whenFull = whenFull
    }
}
