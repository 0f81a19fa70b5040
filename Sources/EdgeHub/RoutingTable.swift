import JSON
import Messages

/// Which endpoints the messages of an output go to. A value, made anew when routes change.
struct RoutingTable {
    /// IoT Edge's priority of a route that says none.
    static let lastPriority = 2_000_000_000

    /// One endpoint of a message, with what its route says about waiting there.
    struct Target: Equatable {
        let endpoint: EndpointID
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
                endpoint: EndpointID(specification.route.sink), priority: specification.priority ?? RoutingTable.lastPriority,
                persistence: specification.persistence, whenFull: specification.whenFull ?? whenFull,
                timeToLiveMs: UInt64(seconds) * 1000)
            return (source: specification.route.source, target: target)
        }
    }

    /// Each endpoint once. Where several routes lead to one, that of the numerically lowest priority counts. (facts 7.9)
    func targets(module: Text, output: Text) -> [Target] {
        var targets: [Target] = []
        for (source, target) in sources where source.matches(module: module, output: output) {
            guard let index = targets.firstIndex(where: { $0.endpoint == target.endpoint }) else {
                targets.append(target)
                continue
            }
            if target.priority < targets[index].priority { targets[index] = target }
        }
        return targets
    }
}
