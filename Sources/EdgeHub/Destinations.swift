/// Where the messages of one output go, found once per set of routes.
final class Destinations {
    struct Destination {
        let endpoint: Endpoint
        let lane: Lane
        let target: RoutingTable.Target
    }

    let all: [Destination]
    let includesUpstream: Bool

    init(_ all: [Destination]) {
        self.all = all
        includesUpstream = all.contains { $0.endpoint.id == .upstream }
    }
}
