import JSON
import Messages

/// The messages of one endpoint that have one priority and one kind of storage.
///
/// In memory the inbox is the queue. On disk the inbox holds what is on its way there, and `disk` stands for what has arrived.
final class Lane {
    let endpoint: EndpointID
    let priority: Int
    var inbox: Inbox
    /// nil: this lane is in memory.
    var disk: DiskQueue?
    /// Whether `disk` is there.
    let isDurable: Bool
    /// Deliveries of it have a receipt: it is on disk, or what takes them acknowledges each.
    var hasReceipts: Bool
    /// Of a lane in memory: what was delivered and not taken when the link went. It comes first again.
    private(set) var returned = Ring<StoredMessage>()
    private var returnedBytes = 0
    /// What was delivered with a receipt and is not taken yet.
    var out = 0
    /// It waits in the hub's list of lanes with something to store.
    var isStaged = false
    /// It waits in the hub's list of lanes of which something leaves the disk.
    var isRemoving = false
    /// Something on disk is too old: it goes with the next batch.
    var isSweepDue = false
    /// The last route to it is gone.
    var isGone = false
    /// Messages in the batch that is on its way to disk.
    var inFlight = 0
    /// Messages that were delivered since the start; of those on disk, taken.
    var delivered: UInt64 = 0

    init(endpoint: EndpointID, priority: Int, inbox: Inbox, disk: DiskQueue?) {
        self.endpoint = endpoint
        self.priority = priority
        self.inbox = inbox
        self.disk = disk
        isDurable = disk != nil
        hasReceipts = isDurable
    }

    var persistence: Persistence { isDurable ? .disk : .memory }

    /// Messages in it.
    var count: Int { inbox.count + inFlight + returned.count + (disk?.totals.length ?? 0) }
    /// Bytes of those that wait.
    var bytes: Int { inbox.bytes + returnedBytes + (disk?.totals.bytes ?? 0) }

    /// Whether nothing is kept here and nothing ever was on disk: a queue on disk keeps its number and its counts.
    var isForgettable: Bool { inbox.isEmpty && returned.isEmpty && out == 0 && inFlight == 0 && (disk?.totals.lastSequence ?? 0) == 0 }

    /// Whether there is a message that could be delivered now, or read for that.
    var isDeliverable: Bool {
        guard let disk else { return !inbox.isEmpty || !returned.isEmpty }
        return !disk.window.isEmpty || disk.hasUnread && !disk.isReading
    }

    /// It was delivered and not taken. From the newest to the oldest.
    func giveBack(_ stored: StoredMessage) {
        guard disk == nil else {
            disk?.giveBack(stored)
            return
        }
        returned.prepend(stored)
        returnedBytes += stored.bytes
    }

    /// The first of what was given back that is not too old. In memory times are milliseconds of monotonic time.
    func nextReturned(_ now: UInt64) -> StoredMessage? {
        while let stored = returned.removeFirst() {
            returnedBytes -= stored.bytes
            if !stored.isExpired(Int64(clamping: now)) { return stored }
            inbox.countExpired()
        }
        return nil
    }

    func dropReturned() {
        returned = Ring()
        returnedBytes = 0
    }

    /// What is too old of what was given back goes.
    func sweepReturned(_ now: UInt64) {
        for _ in 0..<returned.count {
            guard let stored = returned.removeFirst() else { return }
            if stored.isExpired(Int64(clamping: now)) {
                returnedBytes -= stored.bytes
                inbox.countExpired()
            } else {
                returned.append(stored)
            }
        }
    }

    /// When the first of what was given back is too old; `Inbox.Entry.never`.
    var nextReturnedExpiry: UInt64 {
        var next = Inbox.Entry.never
        for index in 0..<returned.count {
            if let expires = returned[index]?.expires, expires > 0 { next = min(next, UInt64(expires)) }
        }
        return next
    }
}
