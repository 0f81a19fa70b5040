import JSON
import Messages

/// Messages that wait in memory for one endpoint. Their room is of a pool that all queues share. A value: it says what is to be done about
/// those that found no room.
///
/// ```
///  offer ─► [ waiting: their senders wait, rule `block` ] ─ admit ─► [ entries ] ─► take
/// ```
struct Inbox {
    struct Entry {
        let message: Message
        /// nil: nobody waits for it (any more).
        var acceptance: Acceptance?
        /// Milliseconds of monotonic time.
        let arrived: UInt64
        /// Likewise: from then on it is too old; `never`.
        let expires: UInt64
        /// Milliseconds since 1970.
        let enqueuedMs: Int64
        private let size: UInt32
        let whenFull: FullQueueRule

        static let never = UInt64.max

        /// - Parameters:
        ///   - bytes: what it counts.
        ///   - timeToLiveMs: 0: for ever.
        init(
            message: consuming Message, bytes: Int, whenFull: FullQueueRule, arrived: UInt64, enqueuedMs: Int64, timeToLiveMs: UInt64,
            acceptance: Acceptance?
        ) {
            self.message = message
            self.acceptance = acceptance
            self.arrived = arrived
            expires = timeToLiveMs == 0 ? Entry.never : arrived &+ timeToLiveMs
            self.enqueuedMs = enqueuedMs
            size = UInt32(clamping: bytes)
            self.whenFull = whenFull
        }

        /// What it counts.
        var bytes: Int { Int(clamping: size) }

        func isExpired(_ now: UInt64) -> Bool { now >= expires }
    }

    /// What is delivered of an entry. Small: it is returned in registers, where a whole entry is copied.
    struct Next {
        let message: Message
        let enqueuedMs: Int64
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

    /// A queue that is full is not searched more often than this for entries in its middle that are too old.
    private static let sweepIntervalMs: UInt64 = 100

    /// The hub keeps them for as long as it has inboxes. To count a reference with each message would cost as much as the rest of what is
    /// done here.
    private let pool: Unmanaged<QueuePool>
    private let waitingPool: Unmanaged<QueuePool>
    private var entries = Ring<Entry>()
    private var waiting = Ring<Entry>()
    /// Of the entries, in the pool.
    private(set) var usage = QueueUsage()
    /// Of those that wait, in theirs.
    private(set) var waitingUsage = QueueUsage()
    /// Nothing is too old before this time; `Entry.never` where nothing can be.
    private(set) var nextExpiry = Entry.never
    private var lastSweep: UInt64 = 0
    private(set) var dropped = DropCounts()

    /// Being in the queue is enough to be accepted: the one who offers settles it, entries here have no acceptance.
    let acceptsWhenTaken: Bool

    /// - Parameters:
    ///   - pool: must be kept by the caller.
    ///   - waitingPool: of those whose senders wait; likewise.
    init(pool: QueuePool, waitingPool: QueuePool, acceptsWhenTaken: Bool) {
        self.pool = Unmanaged.passUnretained(pool)
        self.waitingPool = Unmanaged.passUnretained(waitingPool)
        self.acceptsWhenTaken = acceptsWhenTaken
    }

    var count: Int { entries.count + waiting.count }
    var bytes: Int { usage.bytes + waitingUsage.bytes }
    var isEmpty: Bool { count == 0 }
    var first: Entry? { entries.first }
    var limit: Int { pool._withUnsafeGuaranteedRef { $0.total.bytes } }

    /// Puts an entry in, or says why not.
    mutating func offer(_ entry: consuming Entry, now: UInt64) -> Offer {
        // Mostly there is room, and nobody waits for it.
        if waiting.isEmpty && takeRoom(entry.bytes) {
            append(consume entry)
            return Offer(outcome: .taken)
        }
        return offerToFull(consume entry, now)
    }

    @inline(never)
    private mutating func offerToFull(_ entry: consuming Entry, _ now: UInt64) -> Offer {
        guard entry.bytes <= limit else {
            dropped.full += 1
            return Offer(outcome: .refused)
        }
        var removed = makeRoom(now)
        if waiting.isEmpty && takeRoom(entry.bytes) {
            append(entry)
            return Offer(outcome: .taken, removed: removed)
        }
        switch entry.whenFull {
        case .dropOldest:
            while !takeRoom(entry.bytes), let oldest = take() {
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
            guard takeWaiting(entry.bytes) else {
                dropped.full += 1
                return Offer(outcome: .refused, removed: removed)
            }
            if entry.expires < nextExpiry { nextExpiry = entry.expires }
            waiting.append(entry)
            return Offer(outcome: .waits, removed: removed)
        }
    }

    /// What is too old goes before anything else has to.
    private mutating func makeRoom(_ now: UInt64) -> [Entry] {
        guard now >= nextExpiry else { return [] }
        if now &- lastSweep >= Inbox.sweepIntervalMs { return sweep(now) }
        var gone: [Entry] = []
        while let first = entries.first, first.isExpired(now), let entry = take() {
            dropped.expired += 1
            gone.append(entry)
        }
        return gone
    }

    /// The oldest entry, which is then no longer here.
    mutating func take() -> Entry? {
        guard let entry = entries.removeFirst() else { return nil }
        giveRoom(entry.bytes)
        return entry
    }

    /// Whether senders wait for room.
    var hasWaiting: Bool { !waiting.isEmpty }

    /// The oldest entry that has not waited too long, which is then no longer here. For when no sender waits.
    mutating func next(_ now: UInt64) -> Next? {
        while let entry = take() {
            if !entry.isExpired(now) { return Next(message: entry.message, enqueuedMs: entry.enqueuedMs) }
            dropped.expired += 1
        }
        nextExpiry = Entry.never
        return nil
    }

    /// The same as a whole, for a link that acknowledges; senders may wait.
    /// - Parameter accepted: as of the next.
    mutating func nextEntry(_ now: UInt64, _ accepted: inout [Acceptance]) -> Entry? {
        while !isEmpty {
            if entries.isEmpty { accepted += admit() }
            guard let entry = take() else { return nil }
            if !waiting.isEmpty { accepted += admit() }
            if !entry.isExpired(now) { return entry }
            dropped.expired += 1
        }
        nextExpiry = Entry.never
        return nil
    }

    /// The same when senders wait: those that wait follow into the room that is left.
    /// - Parameter accepted: gets what is to be settled, if being in the queue is enough.
    mutating func next(_ now: UInt64, _ accepted: inout [Acceptance]) -> Next? {
        while !isEmpty {
            if entries.isEmpty { accepted += admit() }
            guard let entry = take() else { return nil }
            let isExpired = entry.isExpired(now)
            if isExpired { dropped.expired += 1 }
            if !waiting.isEmpty { accepted += admit() }
            if !isExpired { return Next(message: entry.message, enqueuedMs: entry.enqueuedMs) }
        }
        nextExpiry = Entry.never
        return nil
    }

    /// All that have waited too long, in the queue and for it, which are then no longer here. Looks at every entry.
    mutating func sweep(_ now: UInt64) -> [Entry] {
        guard now >= nextExpiry else { return [] }
        lastSweep = now
        nextExpiry = Entry.never
        let old = Inbox.takeExpired(&entries, now, &nextExpiry)
        for entry in old { giveRoom(entry.bytes) }
        let late = Inbox.takeExpired(&waiting, now, &nextExpiry)
        for entry in late { giveWaiting(entry.bytes) }
        let gone = old + late
        dropped.expired += UInt64(gone.count)
        return gone
    }

    /// - Parameter nextExpiry: the nearest of what stays, too, afterwards.
    private static func takeExpired(_ ring: inout Ring<Entry>, _ now: UInt64, _ nextExpiry: inout UInt64) -> [Entry] {
        var gone: [Entry] = []
        for _ in 0..<ring.count {
            guard let entry = ring.removeFirst() else { break }
            if entry.isExpired(now) {
                gone.append(entry)
            } else {
                nextExpiry = min(nextExpiry, entry.expires)
                ring.append(entry)
            }
        }
        return gone
    }

    /// Lets in those that wait and now have room.
    /// - Returns: what to settle for them, if being in the queue is enough.
    mutating func admit() -> [Acceptance] {
        var accepted: [Acceptance] = []
        while let next = waiting.first, takeRoom(next.bytes), let entry = waiting.removeFirst() {
            giveWaiting(entry.bytes)
            if acceptsWhenTaken, let acceptance = entry.acceptance { accepted.append(acceptance) }
            append(entry)
        }
        return accepted
    }

    /// Everything, also what waits.
    mutating func removeAll() -> [Entry] {
        var all: [Entry] = []
        while let entry = take() { all.append(entry) }
        while let entry = waiting.removeFirst() {
            giveWaiting(entry.bytes)
            all.append(entry)
        }
        nextExpiry = Entry.never
        return all
    }

    private mutating func takeRoom(_ bytes: Int) -> Bool { pool._withUnsafeGuaranteedRef { $0.take(&usage, bytes) } }

    private mutating func giveRoom(_ bytes: Int) { pool._withUnsafeGuaranteedRef { $0.give(&usage, bytes) } }

    private mutating func takeWaiting(_ bytes: Int) -> Bool { waitingPool._withUnsafeGuaranteedRef { $0.take(&waitingUsage, bytes) } }

    private mutating func giveWaiting(_ bytes: Int) { waitingPool._withUnsafeGuaranteedRef { $0.give(&waitingUsage, bytes) } }

    /// Counts what was dropped after it was taken.
    mutating func countFull() { dropped.full += 1 }

    /// Counts what became too old after it was taken.
    mutating func countExpired() { dropped.expired += 1 }

    /// Counts what could not be stored.
    mutating func countUnstored(_ count: Int) { dropped.unstored += UInt64(count) }

    private mutating func append(_ entry: consuming Entry) {
        if acceptsWhenTaken { entry.acceptance = nil }
        if entry.expires < nextExpiry { nextExpiry = entry.expires }
        entries.append(entry)
    }
}
