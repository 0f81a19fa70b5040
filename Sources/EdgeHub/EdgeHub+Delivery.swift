import JSON
import Messages
import ModuleLinks

extension EdgeHub {
    /// Messages for one endpoint before it is the next one's turn: some hundred microseconds of the loop, and as many as one read
    /// from a module's pipe brings, so that a burst is not dropped while its consumer has room.
    private static let deliveriesPerTurn = 256

    /// An endpoint may have something to deliver. It gets its turn after those that wait already.
    func markReady(_ endpoint: Endpoint) {
        guard !endpoint.isReady, endpoint.isOpen, let consumer = endpoint.consumer, consumer.link != nil else { return }
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
        let now = time.nowMs
        for _ in 0..<EdgeHub.deliveriesPerTurn {
            // Inside `deliver` the instance may have been replaced or cut off: then the next one gets its turn.
            guard consumer.takes, endpoint.isOpen, consumer.link === link else { break }
            if deliverNext(first, endpoint, consumer, link, now) { continue }
            // Most endpoints have one lane.
            guard others.contains(where: { deliverNext($0, endpoint, consumer, link, now) }) else { return }
        }
        if endpoint.lanes.contains(where: { $0.isDeliverable && !($0.hasReceipts && consumer.isHeldUp) }) { markReady(endpoint) }
    }

    /// - Returns: whether there was a message to deliver.
    private func deliverNext(_ lane: Lane, _ endpoint: Endpoint, _ consumer: Consumer, _ link: any ModuleLink, _ now: UInt64) -> Bool {
        if lane.hasReceipts { return deliverWithReceipt(lane, endpoint, consumer, link, now) }
        guard let next = lane.inbox.hasWaiting ? nextAndAdmit(lane, now) : lane.inbox.next(now) else { return false }
        lane.delivered &+= 1
        deliver(Delivery(next.message, input: endpoint.input, enqueuedMs: next.enqueuedMs), consumer, link)
        return true
    }

    private func deliver(_ delivery: Delivery, _ consumer: Consumer, _ link: any ModuleLink) {
        if !link.deliver(delivery) && consumer.link === link { consumer.takes = false }
    }

    @inline(never)
    private func deliverWithReceipt(
        _ lane: Lane, _ endpoint: Endpoint, _ consumer: Consumer, _ link: any ModuleLink, _ now: UInt64
    ) -> Bool {
        guard !consumer.outbox.isFull else {
            consumer.isHeldUp = true
            return false
        }
        guard let stored = lane.isDurable ? nextOnDisk(lane, endpoint) : nextInMemory(lane, consumer, now), let message = stored.message
        else {
            // Its last link acknowledged, this one does not.
            if !lane.isDurable && !consumer.acknowledges { lane.hasReceipts = false }
            return !lane.hasReceipts && deliverNext(lane, endpoint, consumer, link, now)
        }
        var receipt: UInt64 = 0
        if lane.isDurable || consumer.acknowledges {
            receipt = consumer.outbox.add(lane, stored)
            lane.out += 1
        } else {
            lane.delivered &+= 1
        }
        deliver(Delivery(message, input: endpoint.input, enqueuedMs: stored.enqueuedMs, receipt: receipt), consumer, link)
        return true
    }

    /// What was given back, then what came since.
    private func nextInMemory(_ lane: Lane, _ consumer: Consumer, _ now: UInt64) -> StoredMessage? {
        if let again = lane.nextReturned(now) { return again }
        guard consumer.acknowledges else { return nil }
        var accepted: [Acceptance] = []
        let entry = lane.inbox.nextEntry(now, &accepted)
        for acceptance in accepted { settle(acceptance, nil) }
        guard let entry else { return nil }
        return StoredMessage(
            sequence: 0, message: entry.message, bytes: entry.bytes, enqueuedMs: entry.enqueuedMs,
            expires: entry.expires == Inbox.Entry.never ? 0 : Int64(clamping: entry.expires))
    }

    /// Senders wait for room: the first of them get it.
    @inline(never)
    private func nextAndAdmit(_ lane: Lane, _ now: UInt64) -> Inbox.Next? {
        var accepted: [Acceptance] = []
        let next = lane.inbox.next(now, &accepted)
        for acceptance in accepted { settle(acceptance, nil) }
        return next
    }

    /// The next message that has been read. It leaves the disk once the instance has taken it, so that none is lost.
    private func nextOnDisk(_ lane: Lane, _ endpoint: Endpoint) -> StoredMessage? {
        while let stored = lane.disk?.next() {
            if isExpired(stored, lane) {
                remove(stored, lane, isExpired: true)
                continue
            }
            guard stored.message != nil else {
                log(.error, "message \(stored.sequence) of the queue \(lane.endpoint.shown(device: deviceID)) is damaged and dropped")
                remove(stored, lane, isExpired: false)
                continue
            }
            // The next are read while these are on their way.
            if lane.disk?.window.count == DiskQueue.windowCount / 4 { read(lane, endpoint) }
            return stored
        }
        read(lane, endpoint)
        return nil
    }

    private func read(_ lane: Lane, _ endpoint: Endpoint) {
        guard let disk = lane.disk, disk.hasUnread, !disk.isReading, !isClosed else { return }
        lane.disk?.isReading = true
        let (queue, cursor) = (disk.totals.id, disk.cursor)
        store.ask({ $0.read(queue: queue, after: cursor) }) { [self] result in
            lane.disk?.isReading = false
            switch result {
            case .success(let messages):
                lane.disk?.hasRead(messages)
                markReady(endpoint)
            case .failure(let error):
                // Tried again with the next message that comes to this endpoint.
                log(.error, error.reason)
            }
        }
    }

    /// The instance has taken a message.
    func took(_ receipt: UInt64, _ consumer: Consumer) {
        guard let entry = consumer.outbox.take(receipt) else { return }
        entry.lane.delivered &+= 1
        entry.lane.out -= 1
        if entry.lane.isDurable { remove(entry.stored, entry.lane, isExpired: false) }
        guard consumer.isHeldUp && consumer.outbox.hasRoom else { return }
        consumer.isHeldUp = false
        for endpoint in consumer.endpoints { markReady(endpoint) }
    }

    /// The instance has ended: what it has not taken is for the next one, in order, before everything else.
    func takeBack(_ consumer: Consumer) {
        consumer.isHeldUp = false
        for entry in consumer.outbox.removeAll().reversed() where !entry.lane.isGone {
            entry.lane.out -= 1
            entry.lane.giveBack(entry.stored)
            if !entry.lane.isDurable && entry.stored.expires > 0 { noteExpiry(UInt64(entry.stored.expires)) }
        }
    }

    /// A message leaves the disk: with the next batch, or alone after a while.
    private func remove(_ stored: StoredMessage, _ lane: Lane, isExpired: Bool) {
        guard !lane.isGone else { return }
        lane.disk?.remove(stored, isExpired: isExpired)
        // Somebody waits for the room.
        if !lane.inbox.isEmpty && !isRemovalDue {
            isRemovalDue = true
            turnSoon()
        }
        guard !lane.isRemoving else { return }
        lane.isRemoving = true
        removing.append(lane)
        if removing.count == 1 { removalAlarm?.set(afterMs: EdgeHub.removalDelayMs) }
    }

    /// Messages that leave the disk alone wait so long for others to be written with: flash wears out by commits. After a crash meanwhile
    /// they are delivered again.
    private static let removalDelayMs: UInt64 = 250

    func removalsAreDue() {
        isRemovalDue = true
        turnSoon()
    }
}
