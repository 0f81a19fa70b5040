import JSON

/// The loop's view of one queue on disk.
struct DiskQueue {
    /// So much of what is on disk is kept in memory for a module that takes it.
    static let windowBytes = 64 * 1024
    static let windowCount = 256

    /// As of the last commit.
    var totals: QueueTotals
    /// In the pool of what is on disk: that, and what is on its way there.
    var usage: QueueUsage
    /// The last message that was there at the start.
    let lastAtStart: Int64
    /// The last that was given a number.
    var lastNumbered: Int64
    /// Read from disk, or just written, and not handed out yet. They stay on disk until a module has taken them.
    private(set) var window = Ring<StoredMessage>()
    private var windowBytes = 0
    /// The last message that was in the window.
    private(set) var cursor: Int64 = 0
    var isReading = false
    /// The last message that was handed out, or dropped instead.
    private(set) var handedOut: Int64 = 0
    /// What leaves the disk with the next batch.
    var removals: [StateBatch.Removal] = []

    init(_ totals: QueueTotals) {
        self.totals = totals
        usage = QueueUsage()
        lastAtStart = totals.lastSequence
        lastNumbered = totals.lastSequence
    }

    /// Whether there is more on disk than has been read.
    var hasUnread: Bool { totals.length > 0 && totals.lastSequence > cursor }

    private var windowHasRoom: Bool { window.count < DiskQueue.windowCount && windowBytes < DiskQueue.windowBytes }

    mutating func next() -> StoredMessage? {
        guard let stored = window.removeFirst() else { return nil }
        windowBytes -= stored.bytes
        handedOut = stored.sequence
        return stored
    }

    /// It was handed out and comes back. From the newest to the oldest.
    mutating func giveBack(_ stored: StoredMessage) {
        window.prepend(stored)
        windowBytes += stored.bytes
        handedOut = stored.sequence - 1
    }

    mutating func hasRead(_ messages: [StoredMessage]) {
        for message in messages { add(message) }
        // None: those that were there have been dropped for newer ones meanwhile.
        if messages.isEmpty { cursor = max(cursor, totals.lastSequence) }
    }

    private mutating func add(_ message: StoredMessage) {
        window.append(message)
        windowBytes += message.bytes
        cursor = message.sequence
    }

    /// A commit is done.
    /// - Parameter isWanted: a module takes what comes: it is not read again.
    mutating func committed(_ new: QueueTotals, _ messages: [StateBatch.Arrival], isWanted: Bool) {
        let isUpToDate = !hasUnread && !isReading
        totals = new
        guard isWanted && isUpToDate else { return }
        for message in messages where message.sequence >= new.firstSequence {
            guard windowHasRoom else { return }
            add(
                StoredMessage(
                    sequence: message.sequence, message: message.message, bytes: message.bytes, enqueuedMs: message.enqueuedMs,
                    expires: message.expires))
        }
    }

    /// What was dropped for newer messages is not delivered either.
    mutating func forgetDropped() {
        while let first = window.first, first.sequence < totals.firstSequence || totals.length == 0 { _ = next() }
    }

    /// The messages of this run have come later than they say.
    mutating func shift(_ ms: Int64) {
        for index in 0..<window.count {
            guard var message = window[index] else { continue }
            shift(&message, ms)
            window[index] = message
        }
    }

    func shift(_ message: inout StoredMessage, _ ms: Int64) {
        if message.sequence > lastAtStart && message.expires > 0 { message.expires &+= ms }
    }

    /// Messages that have been taken and that the next batch takes off the disk.
    var leaving: Int {
        var count = 0
        for removal in removals { count += Int(removal.last - removal.first) + 1 }
        return count
    }

    /// A message leaves the disk.
    mutating func remove(_ stored: StoredMessage, isExpired: Bool) {
        if let last = removals.last, last.last + 1 == stored.sequence, last.isExpired == isExpired {
            removals[removals.count - 1].last = stored.sequence
        } else {
            removals.append(
                StateBatch.Removal(queue: totals.id, first: stored.sequence, last: stored.sequence, isExpired: isExpired))
        }
    }
}
