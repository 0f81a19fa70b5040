import JSON
public import Messages

extension EdgeHub {
    /// Puts these routes in the place of all before, at once. What waits already goes where it was to go.
    /// - Parameter timeToLiveSecs: of routes that say none, from the store-and-forward configuration; 0 is for ever.
    public func apply(routes: [RouteSpecification], timeToLiveSecs: UInt32) {
        self.routes = routes
        table = RoutingTable(routes, timeToLiveSecs: timeToLiveSecs, whenFull: limits.whenFull)
        dropUnrouted()
        forgetUnused()
    }

    /// What ports and the hub remember of routes is found anew.
    func newGeneration() {
        generation += 1
        destinations = [:]
        twinDestinations = nil
    }

    /// Where the messages of an output go.
    func destinations(of source: Source) -> Destinations {
        if let known = destinations[source] { return known }
        let found = Destinations(table.targets(module: source.module, output: source.output).map(choice), output: source.output)
        // Outputs are named by modules: what is remembered of them is bounded.
        if destinations.count >= 1024 { destinations = [:] }
        destinations[source] = found
        return found
    }

    /// Where changes of reported properties go.
    func destinationsOfTwinChanges() -> Destinations {
        if let twinDestinations { return twinDestinations }
        let found = Destinations(table.twinChangeTargets().map(choice), output: "")
        twinDestinations = found
        return found
    }

    private func choice(_ target: RoutingTable.Target) -> Choice {
        let endpoint = self.endpoint(target.endpoint)
        let lane = self.lane(of: endpoint, priority: target.priority, persistence: target.persistence)
        return Choice(
            target.condition,
            Destination(endpoint: endpoint, lane: lane, whenFull: target.whenFull, timeToLiveMs: target.timeToLiveMs))
    }
}
