/// Where the messages of one output go, found once per set of routes.
final class Destinations {
    let all: [Destination]
    let includesUpstream: Bool

    init(_ all: [Destination]) {
        self.all = all
        includesUpstream = all.contains { $0.endpoint.id == .upstream }
    }
}
