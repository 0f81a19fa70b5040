import JSON

/// Messages that are too old leave at once, within a second: one alarm for the nearest of all, none where nothing can be too old.
extension EdgeHub {
    private static let roundedMs: UInt64 = 1000

    func isExpired(_ stored: StoredMessage, _ lane: Lane) -> Bool {
        var now = ticks.ticks(time.nowMs)
        // Of an earlier run, where it became known only now how long the host was off.
        if pendingShift > 0, let disk = lane.disk, stored.sequence <= disk.lastAtStart { now &+= pendingShift }
        return stored.isExpired(now)
    }

    /// Something in a lane's inbox is too old from then on.
    func noteExpiry(_ atMs: UInt64) {
        guard atMs < nextExpiryNoted else { return }
        // All that come within the second before go with it.
        let (rounded, isTooLate) = atMs.addingReportingOverflow(EdgeHub.roundedMs - 1)
        guard !isTooLate else { return }
        let due = rounded - rounded % EdgeHub.roundedMs
        nextExpiryNoted = due - (EdgeHub.roundedMs - 1)
        let now = time.nowMs
        expiryAlarm?.set(afterMs: due > now ? due - now : 0)
    }

    /// Likewise, of what is on disk.
    func noteExpiry(of disk: DiskQueue) {
        guard disk.totals.nextExpiry != QueueTotals.never else { return }
        let wait = disk.totals.nextExpiry &- ticks.ticks(time.nowMs)
        noteExpiry(time.nowMs + UInt64(clamping: min(max(wait, 0), TickClock.longest)))
    }

    /// The alarm rang: what is too old goes, and the alarm is set for the next.
    func expire() {
        nextExpiryNoted = UInt64.max
        let (now, nowTicks) = (time.nowMs, ticks.ticks(time.nowMs))
        for endpoint in endpoints.values {
            for lane in endpoint.lanes {
                if lane.inbox.nextExpiry <= now { expireInMemory(lane, now) }
                if !lane.returned.isEmpty {
                    lane.sweepReturned(now)
                    noteExpiry(lane.nextReturnedExpiry)
                }
                noteExpiry(lane.inbox.nextExpiry)
                guard let disk = lane.disk else { continue }
                if disk.totals.nextExpiry <= nowTicks { sweepSoon(lane) } else { noteExpiry(of: disk) }
            }
        }
    }

    private func expireInMemory(_ lane: Lane, _ now: UInt64) {
        for entry in lane.inbox.sweep(now) { settle(entry.acceptance, nil) }
        for acceptance in lane.inbox.admit() { settle(acceptance, nil) }
    }

    func sweepSoon(_ lane: Lane) {
        guard !lane.isSweepDue else { return }
        lane.isSweepDue = true
        sweeping.append(lane)
        turnSoon()
    }

    /// Looks whether the clock was set since the start, where that is waited for. In each turn, before anything is delivered.
    func learnTimeOff() {
        guard pendingShift == 0, let missed = ticks.missed(nowMs: time.nowMs, wallMs: time.wallMs) else { return }
        pendingShift = missed
        if missed == 0 { ticks.add(0) }
    }

    /// The disk knows it too.
    func shifted(_ ms: Int64) {
        ticks.add(ms)
        pendingShift = 0
        for endpoint in endpoints.values {
            for lane in endpoint.lanes { lane.disk?.shift(ms) }
        }
        for consumer in consumers.values { consumer.outbox.shift(ms) }
        expire()
    }
}
