import JSON
import Messages
import Testing

@testable import EdgeHub

@Suite struct RoutingTableTests {
    private func route(
        _ source: Text, _ sink: RouteSink, priority: Int? = nil, ttl: UInt32? = nil, persistence: Persistence? = nil,
        whenFull: FullQueueRule? = nil
    ) -> RouteSpecification {
        RouteSpecification(
            name: "r", route: Route(source: RouteSource(source), sink: sink), priority: priority, timeToLiveSecs: ttl,
            persistence: persistence, whenFull: whenFull)
    }

    @Test func `a message goes to the endpoints of all routes that select it`() {
        let table = RoutingTable([
            route("/messages/modules/a/outputs/x", .module(name: "b", input: "in")), route("/messages/*", .upstream),
            route("/messages/modules/c/*", .module(name: "d", input: "in")),
        ])
        let endpoints = table.targets(module: "a", output: "x").map(\.endpoint)
        #expect(endpoints == [.input(module: "b", input: "in"), .upstream])
        #expect(table.targets(module: "z", output: "").map(\.endpoint) == [.upstream])
    }

    @Test func `several routes to one endpoint are one, that of the lowest priority number`() {
        let table = RoutingTable([
            route("/*", .upstream, ttl: 1), route("/messages/*", .upstream, priority: 3, ttl: 2, whenFull: .refuse),
            route("/messages/modules/*", .upstream, priority: 5, ttl: 3),
        ])
        let target = RoutingTable.Target(
            endpoint: .upstream, priority: 3, persistence: .disk, whenFull: .refuse, timeToLiveMs: 2000)
        #expect(table.targets(module: "a", output: "x") == [target])
    }

    @Test func `what a route does not say comes from the hub`() {
        let table = RoutingTable([route("/*", .module(name: "m", input: "i"), ttl: 0)], timeToLiveSecs: 7200, whenFull: .block)
        let target = RoutingTable.Target(
            endpoint: .input(module: "m", input: "i"), priority: 2_000_000_000, persistence: .memory, whenFull: .block,
            timeToLiveMs: 7_200_000)
        #expect(table.targets(module: "a", output: "") == [target])
    }

    @Test(arguments: [
        EndpointID.upstream, .input(module: "m", input: "i"), .input(module: "m", input: "a/b"), .input(module: "m", input: ""),
    ])
    func `an endpoint is found again by its name`(endpoint: EndpointID) {
        #expect(EndpointID(name: endpoint.name) == endpoint)
    }
}
