import JSON
public import Messages

extension EdgeHub {
    /// Puts these routes in the place of all before, at once. What waits already goes where it was to go.
    /// - Parameter timeToLiveSecs: of routes that say none, from the store-and-forward configuration; 0 is for ever.
    public func apply(routes: [RouteSpecification], timeToLiveSecs: UInt32) {
        self.routes = routes
        table = RoutingTable(routes, timeToLiveSecs: timeToLiveSecs, whenFull: limits.whenFull)
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

    func endpoint(_ id: EndpointID) -> Endpoint {
        if let known = endpoints[id] { return known }
        let endpoint =
            switch id {
            case .upstream: Endpoint(id: id, consumer: nil)
            case .input(let module, _): Endpoint(id: id, consumer: consumer(module))
            }
        endpoints[id] = endpoint
        endpoint.consumer?.endpoints.append(endpoint)
        return endpoint
    }

    func lane(of endpoint: Endpoint, priority: Int, persistence: Persistence) -> Lane {
        for lane in endpoint.lanes where lane.priority == priority && lane.persistence == persistence { return lane }
        var disk: DiskQueue?
        if persistence == .disk {
            lastQueueID += 1
            disk = DiskQueue(
                limit: limits.diskQueueBytes, totals: QueueTotals(id: lastQueueID, endpoint: endpoint.id.name, priority: priority))
        }
        return addLane(to: endpoint, priority: priority, disk: disk)
    }

    @discardableResult
    func addLane(to endpoint: Endpoint, priority: Int, disk: DiskQueue?) -> Lane {
        let inbox = Inbox(limit: limits.memoryQueueBytes, acceptsWhenTaken: disk == nil)
        let lane = Lane(endpoint: endpoint.id, priority: priority, inbox: inbox, disk: disk)
        endpoint.add(lane)
        return lane
    }
}
