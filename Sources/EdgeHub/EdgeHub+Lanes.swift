import JSON
import Messages
import ModuleLinks

/// Endpoints and their queues.
extension EdgeHub {
    func endpoint(_ id: EndpointID) -> Endpoint {
        if let known = endpoints[id] { return known }
        let endpoint =
            switch id {
            case .upstream: Endpoint(id: id, consumer: nil)
            case .input(let module, _): Endpoint(id: id, consumer: consumer(module))
            }
        if let link = endpoint.consumer?.link { endpoint.isOpen = link.takes(input: endpoint.input) }
        endpoints[id] = endpoint
        endpoint.consumer?.endpoints.append(endpoint)
        return endpoint
    }

    func lane(of endpoint: Endpoint, priority: Int, persistence: Persistence) -> Lane {
        for lane in endpoint.lanes where lane.priority == priority && lane.persistence == persistence { return lane }
        var disk: DiskQueue?
        if persistence == .disk {
            disk = DiskQueue(QueueTotals(id: nextQueueID(), endpoint: endpoint.id.name, priority: priority))
        }
        let lane = addLane(to: endpoint, priority: priority, disk: disk)
        resizePools()
        return lane
    }

    /// `resizePools` is to follow.
    @discardableResult
    func addLane(to endpoint: Endpoint, priority: Int, disk: DiskQueue?) -> Lane {
        let inbox = Inbox(pool: memoryPool, waitingPool: waitingPool, acceptsWhenTaken: disk == nil)
        let lane = Lane(endpoint: endpoint.id, priority: priority, inbox: inbox, disk: disk)
        if let consumer = endpoint.consumer, consumer.link != nil, consumer.acknowledges { lane.hasReceipts = true }
        endpoint.add(lane)
        return lane
    }

    /// Numbers of queues that are gone are used again when there are no others.
    private func nextQueueID() -> Int64 {
        repeat { lastQueueID = lastQueueID % MessageKey.lastQueue + 1 } while isTaken(lastQueueID)
        return lastQueueID
    }

    private func isTaken(_ queue: Int64) -> Bool {
        for endpoint in endpoints.values where endpoint.lanes.contains(where: { $0.disk?.totals.id == queue }) { return true }
        return leavingQueues.contains(queue)
    }

    /// Queues came or went: the room is shared by those that are here.
    func resizePools() {
        var (memory, waiting, disk): ([QueueUsage], [QueueUsage], [QueueUsage]) = ([], [], [])
        for endpoint in endpoints.values {
            for lane in endpoint.lanes {
                memory.append(lane.inbox.usage)
                waiting.append(lane.inbox.waitingUsage)
                if let usage = lane.disk?.usage { disk.append(usage) }
            }
        }
        memoryPool.resize(memory)
        waitingPool.resize(waiting)
        diskPool.resize(disk)
    }

    /// Where a route led, and none does any more, nobody wants what waits. What was found on disk at the start counts as such. Another queue
    /// of an endpoint to which a route leads is still emptied.
    func dropUnrouted() {
        var used: [EndpointID: Bool] = [:]
        for specification in routes { used[EndpointID(specification.route.sink)] = true }
        for id in routed.keys where used[id] == nil && !id.isCloudToDevice {
            guard let endpoint = endpoints[id] else { continue }
            dropLanes(endpoint, "no route leads to \(endpoint.id.shown(device: deviceID)) any more")
        }
        routed = used
        for endpoint in endpoints.values { dropOldLanes(endpoint) }
        resizePools()
    }

    /// Queues on disk that are empty and that no route uses any more: only their counts go.
    private func dropOldLanes(_ endpoint: Endpoint) {
        var kept = table.lanes(of: endpoint.id)
        // Where the operator's messages go.
        kept.append((priority: RoutingTable.lastPriority, persistence: endpoint.id.isCloudToDevice ? .disk : .memory))
        endpoint.removeLanes { lane in
            guard !kept.contains(where: { $0.priority == lane.priority && $0.persistence == lane.persistence }) else { return false }
            guard lane.count == 0 && lane.out == 0 && !lane.isRemoving && !lane.isStaged else { return false }
            drop(lane, "")
            return true
        }
    }

    /// Nobody wants what waits there. `resizePools` is to follow.
    /// - Parameter reason: for the log, where something waits.
    func dropLanes(_ endpoint: Endpoint, _ reason: Text) {
        for lane in endpoint.lanes { drop(lane, reason) }
        endpoint.removeLanes { _ in true }
    }

    private func drop(_ lane: Lane, _ reason: Text) {
        let count = lane.count
        lane.isGone = true
        for entry in lane.inbox.removeAll() { settle(entry.acceptance, nil) }
        lane.dropReturned()
        if let disk = lane.disk {
            leavingQueues.append(disk.totals.id)
            isDropDue = true
            turnSoon()
        }
        guard count > 0 else { return }
        log(
            .warning,
            "\(reason): the \(count) messages of its queue \(lane.isDurable ? "on disk" : "in memory"), priority \(lane.priority), are dropped"
        )
    }
}
