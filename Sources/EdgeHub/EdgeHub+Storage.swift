import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import ModuleTwins

extension EdgeHub {
    /// Takes over what was on disk at the start.
    func load(_ snapshot: StateSnapshot) {
        for record in snapshot.records {
            lastSlotID = max(lastSlotID, record.id)
            // The state of a device that had another id stays on disk.
            guard let identity = record.identity, let twin = record.twin, identity.identity.deviceID == deviceID else { continue }
            let slot = TwinSlot(id: record.id, identity: identity, twin: twin, isStored: true)
            slots[slot.name] = slot
        }
        for totals in snapshot.queues {
            lastQueueID = max(lastQueueID, totals.id)
            guard let id = EndpointID(name: totals.endpoint) else { continue }
            addLane(to: endpoint(id), priority: totals.priority, disk: DiskQueue(limit: limits.diskQueueBytes, totals: totals))
        }
    }

    /// A lane has messages for the next batch.
    func stage(_ lane: Lane) {
        guard !lane.isStaged else { return }
        lane.isStaged = true
        staged.append(lane)
        turnSoon()
    }

    /// Sends what has collected to disk, unless a batch is under way: then it goes with the next one.
    func commitStaged() {
        guard !isCommitting else { return }
        let (batch, flight) = nextBatch()
        // Removals that failed go with the next batch that has something else: retrying them alone would never end.
        guard batch.isPressing || !(batch.removals.isEmpty || isStorageFailing) else {
            removals = batch.removals
            if manifestReads == 0 { callFlushWaiters() }
            return
        }
        isCommitting = true
        store.commit(batch) { [self] result in
            isCommitting = false
            ended(flight, result)
            if isClosed { return }
            if !dirty.isEmpty || !leaving.isEmpty || !cloud.isEmpty || !removals.isEmpty || !staged.isEmpty || !flushWaiters.isEmpty {
                turnSoon()
            }
        }
    }

    /// At the end: what is under way, and what is still to go.
    func storeRest() {
        store.finish()
        retryUnstored()
        while true {
            let (batch, flight) = nextBatch()
            if batch.isEmpty { return }
            ended(flight, store.commitNow(batch))
            if isStorageFailing { return }
        }
    }

    private func nextBatch() -> (StateBatch, Flight) {
        var (batch, flight) = (StateBatch(), Flight())
        if !(dirty.isEmpty && leaving.isEmpty && cloud.isEmpty && staged.isEmpty) { retryUnstored() }
        for slot in leaving { batch.deletions.append(slot.id) }
        flight.deletions = leaving
        leaving = []
        // Each once, as it is after the last of its changes.
        for slot in dirty { add(slot, &batch, &flight) }
        dirty = []
        for (update, done) in cloud {
            batch.cloud.append(update)
            flight.cloud.append(done)
        }
        cloud = []
        flight.changes = changes
        changes = []
        batch.removals = removals
        flight.removals = removals
        removals = []
        var bytes = 0
        for _ in 0..<staged.count {
            guard bytes < StateBatch.bytes, let lane = staged.removeFirst() else { break }
            lane.isStaged = false
            take(lane, &batch, &flight, &bytes)
        }
        return (batch, flight)
    }

    private func retryUnstored() {
        for slot in unstored where !slot.isStored && !slot.isDirty && slots[slot.name] === slot {
            slot.isDirty = true
            dirty.append(slot)
        }
        unstored = []
    }

    private func add(_ slot: TwinSlot, _ batch: inout StateBatch, _ flight: inout Flight) {
        let record = slot.record()
        flight.records.append((slot: slot, record: record))
        // What goes is not written any more.
        if !slot.isLeaving { batch.records.append(record) }
    }

    /// Moves messages of one lane into the batch, as far as its disk queue and the batch have room.
    private func take(_ lane: Lane, _ batch: inout StateBatch, _ flight: inout Flight, _ bytes: inout Int) {
        guard let disk = lane.disk else { return }
        let arrivedWall = time.wallMs
        var planned = disk.totals.bytes
        for entry in lane.inbox.expire(time.nowMs) { settle(entry.acceptance, nil) }
        _ = lane.inbox.admit()
        while let next = lane.inbox.first {
            let hasRoom = planned + next.bytes <= disk.limit
            if !hasRoom && next.whenFull == .block { break }
            guard bytes < StateBatch.bytes else {
                stage(lane)
                break
            }
            guard let entry = lane.inbox.take() else { break }
            _ = lane.inbox.admit()
            if !hasRoom && (entry.whenFull != .dropOldest || entry.bytes > disk.limit) {
                lane.inbox.countFull()
                settle(entry.acceptance, entry.whenFull == .dropNewest ? nil : EdgeHub.full(lane.endpoint, disk.limit))
                continue
            }
            planned = min(planned + entry.bytes, disk.limit)
            bytes += entry.bytes
            lane.inFlight += 1
            batch.arrivals.append(
                StateBatch.Arrival(
                    queue: disk.totals, limit: disk.limit, message: entry.message, bytes: entry.bytes,
                    enqueuedMs: arrivedWall - Int64(clamping: time.nowMs &- entry.arrived),
                    timeToLiveMs: Int64(clamping: entry.timeToLiveMs)))
            if let acceptance = entry.acceptance { flight.acceptances.append(acceptance) }
        }
        guard lane.inFlight > 0 else { return }
        flight.lanes.append(lane)
    }

    private func ended(_ flight: Flight, _ result: Result<StateOutcome, HubError>) {
        switch result {
        case .success(let outcome):
            if isStorageFailing {
                log(.info, "\(store.path) takes what is written again")
                later { [self] in applyUnapplied() }
            }
            isStorageFailing = false
            update(outcome.queues)
            for lane in flight.lanes { lane.inFlight = 0 }
            for acceptance in flight.acceptances { settle(acceptance, nil) }
            for slot in flight.deletions { left(slot) }
            for (slot, record) in flight.records { slot.commit(record) }
            for change in flight.changes { committed(change) }
            for (done, refusal) in zip(flight.cloud, outcome.cloud) { later { done(refusal) } }
        case .failure(let error):
            if !isStorageFailing { log(.error, error.reason) }
            isStorageFailing = true
            fail(flight, error)
        }
    }

    private func update(_ queues: [QueueTotals]) {
        for totals in queues {
            guard let id = EndpointID(name: totals.endpoint), let endpoint = endpoints[id] else { continue }
            for lane in endpoint.lanes where lane.disk?.totals.id == totals.id {
                lane.disk?.totals = totals
                // There may be room for those that wait.
                if !lane.inbox.isEmpty && totals.bytes < limits.diskQueueBytes { stage(lane) }
            }
            if endpoint.lanes.contains(where: { $0.disk?.hasUnread ?? false }) { markReady(endpoint) }
        }
    }

    /// The batch and everything that came meanwhile has failed: later updates started from earlier ones that are not stored.
    private func fail(_ flight: Flight, _ error: HubError) {
        for lane in flight.lanes {
            lane.inbox.countUnstored(lane.inFlight)
            lane.inFlight = 0
        }
        for acceptance in flight.acceptances { settle(acceptance, error) }
        while let lane = staged.removeFirst() {
            lane.isStaged = false
            let entries = lane.inbox.removeAll()
            lane.inbox.countUnstored(entries.count)
            for entry in entries { settle(entry.acceptance, error) }
        }
        // These messages were delivered; they leave the disk with the next batch.
        removals = flight.removals + removals
        for slot in flight.deletions + leaving {
            slot.isLeaving = false
            slot.successor = nil
        }
        leaving = []
        for slot in flight.records.map({ $0.slot }) + dirty { fallBack(slot) }
        dirty = []
        let failed = flight.changes + changes
        changes = []
        for change in failed {
            change.slot.waiting -= 1
            if let done = change.done { later { done(error) } }
        }
        for done in flight.cloud + cloud.map({ $0.done }) { later { done(error) } }
        cloud = []
    }

    private func fallBack(_ slot: TwinSlot) {
        slot.fallBack()
        guard !slot.isStored, slots[slot.name] === slot else { return }
        if slot.isNeeded { unstored.append(slot) } else { slots[slot.name] = nil }
    }

    private func callFlushWaiters() {
        let waiters = flushWaiters
        flushWaiters = []
        for waiter in waiters { later(waiter) }
    }
}
