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

    @Test func `routes to one endpoint follow each other by priority, up to one that wants every message`() throws {
        let hot = try Route.parse("FROM /* WHERE hot = '1' INTO $upstream")
        let cold = try Route.parse("FROM /messages/* WHERE cold = '1' INTO $upstream")
        let table = RoutingTable([
            RouteSpecification(name: "late", route: cold, priority: 8), route("/messages/*", .upstream, priority: 7),
            route("/messages/*", .module(name: "m", input: "i")), RouteSpecification(name: "cold", route: cold, priority: 7),
            RouteSpecification(name: "hot", route: hot, priority: 3), RouteSpecification(name: "cold first", route: cold, priority: 3),
        ])
        let targets = table.targets(module: "a", output: "x")
        #expect(targets.map(\.endpoint) == [.upstream, .upstream, .upstream, .input(module: "m", input: "i")])
        #expect(targets.map(\.priority) == [3, 3, 7, 2_000_000_000])
        #expect(targets.map { $0.condition?.text } == ["hot = '1'", "cold = '1'", nil, nil])
        #expect(table.twinChangeTargets().map { $0.condition?.text } == ["hot = '1'"])
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
