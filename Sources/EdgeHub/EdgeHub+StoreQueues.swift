import JSON
import Messages
import ModuleLinks

/// Messages on their way to disk and away from it.
extension EdgeHub {
    /// What queues have for the next batch.
    func addQueues(_ batch: inout StateBatch, _ flight: inout Flight, isLast: Bool) {
        var bytes = 0
        for _ in 0..<staged.count {
            guard bytes < StateBatch.bytes, let lane = staged.removeFirst() else { break }
            lane.isStaged = false
            take(lane, &batch, &flight, &bytes)
        }
        for lane in removing {
            lane.isRemoving = false
            guard let removals = lane.disk?.removals, !lane.isGone else { continue }
            lane.disk?.removals = []
            batch.removals += removals
            flight.removals.append((lane: lane, removals: removals))
        }
        if !removing.isEmpty { removalAlarm?.set(afterMs: nil) }
        removing = []
        isRemovalDue = false
        batch.mark = ticks.mark(nowMs: time.nowMs, wallMs: time.wallMs)
        batch.shift = pendingShift
        flight.shift = pendingShift
        flight.sweptTicks = batch.mark.ticks
        if isLast { return }
        for lane in sweeping {
            lane.isSweepDue = false
            guard let disk = lane.disk, !lane.isGone else { continue }
            batch.sweeps.append(StateBatch.Sweep(queue: disk.totals.id, handedOut: disk.handedOut, ticks: batch.mark.ticks))
            flight.sweeps.append(lane)
        }
        sweeping = []
        if isDropDue { batch.drops = leavingQueues }
        flight.drops = batch.drops
        isDropDue = false
    }

    /// Moves messages of one lane into the batch, as far as its disk queue and the batch have room.
    private func take(_ lane: Lane, _ batch: inout StateBatch, _ flight: inout Flight, _ bytes: inout Int) {
        guard let disk = lane.disk, !lane.isGone else { return }
        var arrivals = StateBatch.Arrivals(queue: disk.totals, handedOut: disk.handedOut)
        var (usage, number) = (disk.usage, disk.lastNumbered)
        let now = time.nowMs
        let nowTicks = ticks.ticks(now)
        for entry in lane.inbox.sweep(now) { settle(entry.acceptance, nil) }
        _ = lane.inbox.admit()
        while let next = lane.inbox.first {
            guard bytes < StateBatch.bytes else {
                stage(lane)
                break
            }
            let isTooLarge = next.bytes > diskPool.total.bytes
            let hasRoom = !isTooLarge && diskPool.take(&usage, next.bytes)
            if !hasRoom && !isTooLarge {
                // What is too old goes before anything else has to.
                let isSomeTooOld = disk.totals.nextExpiry <= nowTicks
                if isSomeTooOld { sweepSoon(lane) }
                if next.whenFull == .block || isSomeTooOld && next.whenFull != .dropOldest { break }
            }
            guard let entry = lane.inbox.take() else { break }
            _ = lane.inbox.admit()
            if !hasRoom {
                guard entry.whenFull == .dropOldest && !isTooLarge else {
                    lane.inbox.countFull()
                    settle(
                        entry.acceptance, entry.whenFull == .dropNewest ? nil : EdgeHub.full(lane.endpoint, diskPool.total.bytes))
                    continue
                }
                let most = diskPool.most(for: usage)
                diskPool.set(
                    &usage, QueueUsage(bytes: min(usage.bytes &+ entry.bytes, most.bytes), count: min(usage.count + 1, most.count)))
                arrivals.limit = most
            }
            bytes += entry.bytes
            number += 1
            let expires = entry.expires == Inbox.Entry.never ? 0 : nowTicks &+ Int64(clamping: entry.expires &- now)
            arrivals.messages.append(
                StateBatch.Arrival(
                    sequence: number, message: entry.message, bytes: entry.bytes, ticks: nowTicks &- Int64(clamping: now &- entry.arrived),
                    expires: expires, enqueuedMs: entry.enqueuedMs))
            if let acceptance = entry.acceptance { flight.acceptances.append(acceptance) }
        }
        lane.disk?.usage = usage
        lane.disk?.lastNumbered = number
        guard !arrivals.messages.isEmpty else { return }
        lane.inFlight = arrivals.messages.count
        flight.lanes.append(lane)
        flight.arrivals.append(arrivals)
        batch.arrivals.append(arrivals)
    }

    /// The batch is on disk.
    func queuesEnded(_ flight: Flight, _ outcome: StateOutcome) {
        for lane in flight.lanes { lane.inFlight = 0 }
        for totals in outcome.queues { update(totals, flight) }
        leavingQueues.removeAll { flight.drops.contains($0) && !outcome.drops.contains($0) }
        if !outcome.drops.isEmpty { isDropDue = true }
        if flight.shift > 0 { shifted(flight.shift) }
    }

    private func update(_ totals: QueueTotals, _ flight: Flight) {
        guard let id = EndpointID(name: totals.endpoint), let endpoint = endpoints[id] else { return }
        for lane in endpoint.lanes where lane.disk?.totals.id == totals.id {
            var messages: [StateBatch.Arrival] = []
            for arrivals in flight.arrivals where arrivals.queue.id == totals.id { messages = arrivals.messages }
            let isWanted = endpoint.isOpen && endpoint.consumer.map { $0.link != nil && $0.takes && !$0.isHeldUp } ?? false
            lane.disk?.committed(totals, messages, isWanted: isWanted)
            lane.disk?.forgetDropped()
            var usage = lane.disk?.usage ?? QueueUsage()
            diskPool.set(&usage, totals.usage)
            lane.disk?.usage = usage
            // There may be room for those that wait.
            if !lane.inbox.isEmpty { stage(lane) }
            if let disk = lane.disk {
                // One sweep does not look at everything. What has become too old since waits for the next second, and for others.
                let isMoreDue = totals.nextExpiry <= flight.sweptTicks && flight.sweeps.contains { $0 === lane }
                if isMoreDue { sweepSoon(lane) } else { noteExpiry(of: disk) }
            }
        }
        if endpoint.lanes.contains(where: { $0.isDurable && $0.isDeliverable }) { markReady(endpoint) }
    }

    /// The batch is not on disk, nor is what came meanwhile.
    func failQueues(_ flight: Flight, _ error: HubError) {
        for lane in flight.lanes {
            lane.inbox.countUnstored(lane.inFlight)
            lane.inFlight = 0
            // What a queue that is gone had was given back.
            guard !lane.isGone else { continue }
            var usage = lane.disk?.usage ?? QueueUsage()
            diskPool.set(&usage, lane.disk?.totals.usage ?? QueueUsage())
            lane.disk?.usage = usage
        }
        for acceptance in flight.acceptances { settle(acceptance, error) }
        while let lane = staged.removeFirst() {
            lane.isStaged = false
            let entries = lane.inbox.removeAll()
            lane.inbox.countUnstored(entries.count)
            for entry in entries { settle(entry.acceptance, error) }
        }
        // These messages were taken; they leave the disk with the next batch.
        for (lane, removals) in flight.removals {
            lane.disk?.removals.insert(contentsOf: removals, at: 0)
            guard !lane.isRemoving else { continue }
            lane.isRemoving = true
            removing.append(lane)
        }
        for lane in flight.sweeps where !lane.isSweepDue {
            lane.isSweepDue = true
            sweeping.append(lane)
        }
        if !flight.drops.isEmpty { isDropDue = true }
    }
}
