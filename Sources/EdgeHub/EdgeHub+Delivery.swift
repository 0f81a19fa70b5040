import JSON
import Messages
import ModuleLinks

extension EdgeHub {
    /// Messages for one endpoint before it is the next one's turn: some hundred microseconds of the loop, and as many as one read
    /// from a module's pipe brings, so that a burst is not dropped while its consumer has room.
    private static let deliveriesPerTurn = 256

    /// An endpoint may have something to deliver. It gets its turn after those that wait already.
    func markReady(_ endpoint: Endpoint) {
        guard !endpoint.isReady, let consumer = endpoint.consumer, consumer.link != nil else { return }
        guard consumer.takes else {
            if !consumer.blocked.contains(where: { $0 === endpoint }) { consumer.blocked.append(endpoint) }
            return
        }
        endpoint.isReady = true
        ready.append(endpoint)
        turnSoon()
    }

    /// An instance takes messages again.
    func takesMore(_ module: Text) {
        guard let consumer = consumers[module], !consumer.takes else { return }
        consumer.takes = true
        let blocked = consumer.blocked
        consumer.blocked = []
        for endpoint in blocked { markReady(endpoint) }
    }

    /// One round over the endpoints that are ready now.
    func deliverReady() {
        for _ in 0..<ready.count {
            guard let endpoint = ready.removeFirst() else { return }
            endpoint.isReady = false
            deliver(endpoint)
        }
    }

    private func deliver(_ endpoint: Endpoint) {
        guard let consumer = endpoint.consumer, let link = consumer.link, let first = endpoint.lanes.first else { return }
        let others = endpoint.lanes.dropFirst()
        let now = time.wallMs
        for _ in 0..<EdgeHub.deliveriesPerTurn {
            // Inside `deliver` the instance may have been replaced or cut off: then the next one gets its turn.
            guard consumer.takes, consumer.link === link else { break }
            guard let message = nextMessage(first, others, endpoint) else { return }
            let delivery = Delivery(message, input: endpoint.input, enqueuedMs: now)
            if !link.deliver(delivery) && consumer.link === link { consumer.takes = false }
        }
        if endpoint.lanes.contains(where: { $0.isDeliverable || $0.disk?.hasUnread ?? false }) {
            markReady(endpoint)
        }
    }

    /// Most endpoints have one lane.
    private func nextMessage(_ first: Lane, _ others: ArraySlice<Lane>, _ endpoint: Endpoint) -> Message? {
        if let message = nextMessage(first, endpoint) { return message }
        for lane in others {
            if let message = nextMessage(lane, endpoint) { return message }
        }
        return nil
    }

    private func nextMessage(_ lane: Lane, _ endpoint: Endpoint) -> Message? {
        lane.isDurable ? nextOnDisk(lane, endpoint) : nextInMemory(lane)
    }

    private func nextInMemory(_ lane: Lane) -> Message? {
        var accepted: [Acceptance] = []
        let message = lane.inbox.next(time.nowMs, &accepted)
        for acceptance in accepted { settle(acceptance, nil) }
        return message
    }

    /// The next message that has been read. It leaves the disk after its delivery, so that none is lost.
    private func nextOnDisk(_ lane: Lane, _ endpoint: Endpoint) -> Message? {
        while let stored = lane.disk?.window.removeFirst() {
            let isExpired = stored.isExpired(nowMs: time.wallMs)
            remove(stored, lane, isExpired: isExpired)
            if isExpired { continue }
            if let message = stored.message { return message }
            log(.error, "message \(stored.sequence) of the queue \(lane.endpoint.name) is damaged and dropped")
        }
        read(lane, endpoint)
        return nil
    }

    private func remove(_ stored: StoredMessage, _ lane: Lane, isExpired: Bool) {
        guard let queue = lane.disk?.totals.id else { return }
        removals.append(StateBatch.Removal(queue: queue, sequence: stored.sequence, isExpired: isExpired))
    }

    private func read(_ lane: Lane, _ endpoint: Endpoint) {
        guard let disk = lane.disk, disk.hasUnread, !disk.isReading, !isClosed else { return }
        lane.disk?.isReading = true
        let (queue, cursor) = (disk.totals.id, disk.cursor)
        store.ask({ $0.read(queue: queue, after: cursor) }) { [self] result in
            lane.disk?.isReading = false
            switch result {
            case .success(let messages):
                for message in messages {
                    lane.disk?.window.append(message)
                    lane.disk?.cursor = message.sequence
                }
                // None: those that were there have been dropped for newer ones meanwhile.
                if messages.isEmpty { lane.disk?.cursor = disk.totals.lastSequence }
                markReady(endpoint)
            case .failure(let error):
                // Tried again with the next message that comes to this endpoint.
                log(.error, error.reason)
            }
        }
    }
}
