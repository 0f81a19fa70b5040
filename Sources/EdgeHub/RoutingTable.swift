import JSON
import Messages

/// Which endpoints the messages of an output go to. A value, made anew when routes change.
struct RoutingTable {
    /// IoT Edge's priority of a route that says none.
    static let lastPriority = 2_000_000_000

    /// One endpoint of a message, with what its route says about waiting there.
    struct Target: Equatable {
        let endpoint: EndpointID
        /// Of messages that go there by this route; nil: all.
        var condition: Condition?
        let priority: Int
        let persistence: Persistence
        let whenFull: FullQueueRule
        /// 0: for ever.
        let timeToLiveMs: UInt64
    }

    private var sources: [(source: RouteSource, target: Target)] = []

    /// - Parameter timeToLiveSecs: for routes that say none; 0 is for ever.
    init(_ routes: [RouteSpecification] = [], timeToLiveSecs: UInt32 = 0, whenFull: FullQueueRule = .dropOldest) {
        sources = routes.map { specification in
            var seconds = specification.timeToLiveSecs ?? 0
            if seconds == 0 { seconds = timeToLiveSecs }
            let target = Target(
                endpoint: EndpointID(specification.route.sink), condition: specification.route.condition,
                priority: specification.priority ?? RoutingTable.lastPriority,
                persistence: specification.persistence, whenFull: specification.whenFull ?? whenFull,
                timeToLiveMs: UInt64(seconds) * 1000)
            return (source: specification.route.source, target: target)
        }
    }

    /// Which queues of an endpoint messages may come to.
    func lanes(of endpoint: EndpointID) -> [(priority: Int, persistence: Persistence)] {
        var lanes: [(priority: Int, persistence: Persistence)] = []
        for (_, target) in sources where target.endpoint == endpoint {
            lanes.append((priority: target.priority, persistence: target.persistence))
        }
        return lanes
    }

    /// Where the messages of an output go. Routes to one endpoint follow each other: the first whose condition a message fulfils counts.
    /// They come by priority, numerically lowest first, then as in the manifest; one without a condition is the last. (facts 7.9)
    func targets(module: Text, output: Text) -> [Target] {
        RoutingTable.candidates(sources.filter { $0.source.matches(module: module, output: output) }.map { $0.target })
    }

    /// The same for changes of reported properties.
    func twinChangeTargets() -> [Target] {
        RoutingTable.candidates(sources.filter { $0.source.matchesTwinChanges }.map { $0.target })
    }

    private static func candidates(_ targets: [Target]) -> [Target] {
        var all: [Target] = []
        for target in targets {
            var index = all.firstIndex { $0.endpoint == target.endpoint } ?? all.count
            while index < all.count, all[index].endpoint == target.endpoint, all[index].priority <= target.priority { index += 1 }
            all.insert(target, at: index)
        }
        // Behind a route that takes every message there is nothing left for others.
        var reached: [Target] = []
        for target in all {
            if let last = reached.last, last.endpoint == target.endpoint, last.condition == nil { continue }
            reached.append(target)
        }
        return reached
    }
}
