import JSON
import Messages
import ModuleIdentities
import ModuleTwins

/// What goes to disk in one transaction.
struct StateBatch: Sendable {
    /// What of one identity is to be written; nil: that stays.
    struct Record: Sendable {
        /// `identities.id`, and that of all that belongs to it.
        let id: Int64
        /// Of the host whose identity it is.
        let device: Text
        /// A `ClientName`.
        let name: Text
        /// It is not on disk yet.
        let isNew: Bool
        var identity: IdentityRecord?
        var twin: Twin?
        var manifest: JSONObject?
        /// Empty: it goes.
        var session: [UInt8]?
    }

    /// What comes into one queue.
    struct Arrivals: Sendable {
        let queue: QueueTotals
        var messages: [Arrival] = []
        /// As much as the queue may hold with them: the oldest go for them. nil: there is room.
        var limit: QueueUsage?
        /// Up to here a module has the messages: none of these goes for others.
        let handedOut: Int64
    }

    struct Arrival: Sendable {
        let sequence: Int64
        let message: Message
        let bytes: Int
        let ticks: Int64
        /// In ticks; 0: never.
        let expires: Int64
        let enqueuedMs: Int64
    }

    /// Messages that leave a queue.
    struct Removal: Sendable {
        let queue: Int64
        let first: Int64
        var last: Int64
        /// Not delivered: too old.
        let isExpired: Bool
    }

    /// What is too old in a queue goes.
    struct Sweep: Sendable {
        let queue: Int64
        /// Up to here a module has the messages: they stay.
        let handedOut: Int64
        let ticks: Int64
    }

    /// Bytes of messages in one batch, so that memory and the time of one transaction stay bounded.
    static let bytes = 1024 * 1024

    /// Identities that go, with all that belongs to them. First of all: new ones may have their names.
    var deletions: [Int64] = []
    var records: [Record] = []
    var cloud: [CloudUpdate] = []
    /// Then what makes room.
    var removals: [Removal] = []
    var sweeps: [Sweep] = []
    var arrivals: [Arrivals] = []
    /// Queues that go, a piece at a time.
    var drops: [Int64] = []
    /// The host was off for so many milliseconds more than was known when the messages of this run came.
    var shift: Int64 = 0
    /// Now.
    var mark = TickClock.Mark(ticks: 0, wallMs: 0)

    var isEmpty: Bool {
        deletions.isEmpty && records.isEmpty && cloud.isEmpty && removals.isEmpty && sweeps.isEmpty && arrivals.isEmpty && drops.isEmpty
            && shift == 0
    }
}
