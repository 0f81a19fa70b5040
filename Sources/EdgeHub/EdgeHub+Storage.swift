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
            guard let identity = record.identity, let twin = record.twin, record.device == deviceID else { continue }
            let slot = TwinSlot(id: record.id, name: record.name, identity: identity, twin: twin, isStored: true)
            slot.session = record.session ?? []
            slot.currentSession = slot.session
            slots[slot.name] = slot
        }
        ticks = TickClock(snapshot.mark, nowMs: time.nowMs, wallMs: time.wallMs)
        for totals in snapshot.queues { load(totals) }
        resizePools()
        expire()
    }

    private func load(_ totals: QueueTotals) {
        lastQueueID = max(lastQueueID, totals.id)
        guard let id = EndpointID(name: totals.endpoint) else {
            log(.error, "\(store.path): a queue is of \(totals.endpoint.quoted), which is no endpoint: it is dropped")
            leavingQueues.append(totals.id)
            isDropDue = true
            return
        }
        var disk = DiskQueue(totals)
        diskPool.set(&disk.usage, totals.usage)
        addLane(to: endpoint(id), priority: totals.priority, disk: disk)
        routed[id] = true
    }

    /// A lane has messages for the next batch.
    func stage(_ lane: Lane) {
        guard !lane.isStaged, !lane.isGone else { return }
        lane.isStaged = true
        staged.append(lane)
        turnSoon()
    }

    /// Whether somebody waits for a batch. What nobody waits for, and has failed, goes with the next one that has something else: retrying
    /// it alone would never end.
    private var isPressing: Bool {
        if !(dirty.isEmpty && leaving.isEmpty && cloud.isEmpty && staged.isEmpty) { return true }
        if isStorageFailing { return false }
        return !sweeping.isEmpty || isDropDue || pendingShift > 0 || !removing.isEmpty && (isRemovalDue || !flushWaiters.isEmpty)
    }

    /// Sends what has collected to disk, unless a batch is under way: then it goes with the next one.
    func commitStaged() {
        guard !isCommitting else { return }
        var (batch, flight) = (StateBatch(), Flight())
        if isPressing { (batch, flight) = nextBatch(isLast: false) }
        guard !batch.isEmpty else {
            if manifestReads == 0 { callFlushWaiters() }
            return
        }
        isCommitting = true
        store.commit(batch) { [self] result in
            isCommitting = false
            ended(flight, result)
            if isClosed { return }
            if isPressing || !flushWaiters.isEmpty { turnSoon() }
        }
    }

    /// At the end: what is under way, and what is still to go.
    func storeRest() {
        store.finish()
        retryUnstored()
        while true {
            let (batch, flight) = nextBatch(isLast: true)
            if batch.isEmpty { return }
            ended(flight, store.commitNow(batch))
            if isStorageFailing { return }
        }
    }

    /// - Parameter isLast: what can be done after the next start is left for then.
    private func nextBatch(isLast: Bool) -> (StateBatch, Flight) {
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
        addQueues(&batch, &flight, isLast: isLast)
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
        let record = slot.record(of: deviceID)
        flight.records.append((slot: slot, record: record))
        // What goes is not written any more.
        if !slot.isLeaving { batch.records.append(record) }
    }

    private func ended(_ flight: Flight, _ result: Result<StateOutcome, HubError>) {
        switch result {
        case .success(let outcome):
            if isStorageFailing {
                log(.info, "\(store.path) takes what is written again")
                later { [self] in applyUnapplied() }
            }
            isStorageFailing = false
            queuesEnded(flight, outcome)
            for acceptance in flight.acceptances { settle(acceptance, nil) }
            for slot in flight.deletions { left(slot) }
            for (slot, record) in flight.records where slot.commit(record) {
                cutOff(slot.name, "its keys have changed", onlyAuthenticated: true)
            }
            for change in flight.changes { committed(change) }
            for (done, refusal) in zip(flight.cloud, outcome.cloud) { later { done(refusal) } }
        case .failure(let error):
            if !isStorageFailing { log(.error, error.reason) }
            isStorageFailing = true
            fail(flight, error)
        }
    }

    /// The batch and everything that came meanwhile has failed: later updates started from earlier ones that are not stored.
    private func fail(_ flight: Flight, _ error: HubError) {
        failQueues(flight, error)
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
