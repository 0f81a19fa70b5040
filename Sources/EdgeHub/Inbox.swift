import JSON
import Messages

/// Messages that wait in memory for one endpoint, bounded in bytes. A value: it says what is to be done about those that found no
/// room.
///
/// ```
///  offer ─► [ waiting: their senders wait, rule `block` ] ─ admit ─► [ entries: at most `limit` bytes ] ─► take
/// ```
struct Inbox {
    struct Entry {
        let message: Message
        /// What it counts.
        let bytes: Int
        let whenFull: FullQueueRule
        /// Milliseconds of monotonic time.
        let arrived: UInt64
        /// Milliseconds from arrival; 0: for ever.
        let timeToLiveMs: UInt64
        /// nil: nobody waits for it (any more).
        var acceptance: Acceptance?

        func isExpired(_ now: UInt64) -> Bool { timeToLiveMs > 0 && now >= arrived &+ timeToLiveMs }
    }

    enum Outcome: Equatable {
        /// It is in the queue.
        case taken
        /// It will be in the queue when there is room; until then its sender waits.
        case waits
        /// It is gone, by the rule of its route.
        case dropped
        /// The sender is told.
        case refused
    }

    struct Offer {
        let outcome: Outcome
        /// What had to go for it.
        var removed: [Entry] = []
    }

    /// What one entry costs in memory beside what it counts, roughly.
    static let entryOverhead = 256

    /// Bytes of the entries; as many again may wait.
    let limit: Int
    /// So that many messages of a few bytes take no more memory than few large ones.
    let countLimit: Int
    private var entries = Ring<Entry>()
    private var waiting = Ring<Entry>()
    private var entryBytes = 0
    private var waitingBytes = 0
    private(set) var dropped = DropCounts()

    /// Being in the queue is enough to be accepted: the one who offers settles it, entries here have no acceptance.
    let acceptsWhenTaken: Bool

    init(limit: Int, acceptsWhenTaken: Bool) {
        self.limit = limit
        countLimit = max(limit / Self.entryOverhead, 1024)
        self.acceptsWhenTaken = acceptsWhenTaken
    }

    var count: Int { entries.count + waiting.count }
    var bytes: Int { entryBytes + waitingBytes }
    var isEmpty: Bool { count == 0 }
    var first: Entry? { entries.first }

    /// Puts an entry in, or says why not.
    mutating func offer(_ entry: consuming Entry, now: UInt64) -> Offer {
        // Mostly there is room, and nobody waits for it.
        if waiting.isEmpty && hasRoom(for: entry.bytes) {
            append(consume entry)
            return Offer(outcome: .taken)
        }
        return offerToFull(entry, now)
    }

    private mutating func offerToFull(_ entry: Entry, _ now: UInt64) -> Offer {
        guard entry.bytes <= limit else {
            dropped.full += 1
            return Offer(outcome: .refused)
        }
        var removed = expire(now)
        if waiting.isEmpty && hasRoom(for: entry.bytes) {
            append(entry)
            return Offer(outcome: .taken, removed: removed)
        }
        switch entry.whenFull {
        case .dropOldest:
            while !hasRoom(for: entry.bytes), let oldest = take() {
                dropped.full += 1
                removed.append(oldest)
            }
            append(entry)
            return Offer(outcome: .taken, removed: removed)
        case .dropNewest:
            dropped.full += 1
            return Offer(outcome: .dropped, removed: removed)
        case .refuse:
            dropped.full += 1
            return Offer(outcome: .refused, removed: removed)
        case .block:
            guard waitingBytes + entry.bytes <= limit, waiting.count < countLimit else {
                dropped.full += 1
                return Offer(outcome: .refused, removed: removed)
            }
            waiting.append(entry)
            waitingBytes += entry.bytes
            return Offer(outcome: .waits, removed: removed)
        }
    }

    private func hasRoom(for bytes: Int) -> Bool {
        entryBytes + bytes <= limit && entries.count < countLimit
    }

    /// The oldest entry, which is then no longer here.
    mutating func take() -> Entry? {
        guard let entry = entries.removeFirst() else { return nil }
        entryBytes -= entry.bytes
        return entry
    }

    /// The oldest message that has not waited too long, which is then no longer here; those that wait follow into the room that is
    /// left.
    /// - Parameter accepted: gets what is to be settled, if being in the queue is enough.
    mutating func next(_ now: UInt64, _ accepted: inout [Acceptance]) -> Message? {
        while !isEmpty {
            if entries.isEmpty { accepted += admit() }
            guard let entry = take() else { return nil }
            let isExpired = entry.isExpired(now)
            if isExpired { dropped.expired += 1 }
            if !waiting.isEmpty { accepted += admit() }
            if !isExpired { return entry.message }
        }
        return nil
    }

    /// The oldest entries that have waited too long, which are then no longer here.
    mutating func expire(_ now: UInt64) -> [Entry] {
        var gone: [Entry] = []
        while let first = entries.first, first.isExpired(now), let entry = take() {
            dropped.expired += 1
            gone.append(entry)
        }
        return gone
    }

    /// Lets in those that wait and now have room.
    /// - Returns: what to settle for them, if being in the queue is enough.
    mutating func admit() -> [Acceptance] {
        var accepted: [Acceptance] = []
        while let next = waiting.first, hasRoom(for: next.bytes), let entry = waiting.removeFirst() {
            waitingBytes -= entry.bytes
            if acceptsWhenTaken, let acceptance = entry.acceptance { accepted.append(acceptance) }
            append(entry)
        }
        return accepted
    }

    /// Everything, also what waits.
    mutating func removeAll() -> [Entry] {
        var all: [Entry] = []
        while let entry = take() { all.append(entry) }
        while let entry = waiting.removeFirst() { all.append(entry) }
        waitingBytes = 0
        return all
    }

    /// Counts what was dropped after it was taken.
    mutating func countFull() { dropped.full += 1 }

    /// Counts what could not be stored.
    mutating func countUnstored(_ count: Int) { dropped.unstored += UInt64(count) }

    private mutating func append(_ entry: consuming Entry) {
        if acceptsWhenTaken { entry.acceptance = nil }
        entryBytes += entry.bytes
        entries.append(entry)
    }
}
