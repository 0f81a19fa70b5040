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
        /// It is not on disk yet.
        let isNew: Bool
        var identity: IdentityRecord?
        var twin: Twin?
        var manifest: JSONObject?
    }

    struct Arrival: Sendable {
        let queue: QueueTotals
        /// Bytes that the queue may hold; the oldest go for this one.
        let limit: Int
        let message: Message
        let bytes: Int
        let enqueuedMs: Int64
        let timeToLiveMs: Int64
    }

    struct Removal: Sendable {
        let queue: Int64
        let sequence: Int64
        /// Not delivered: too old.
        let isExpired: Bool
    }

    /// Bytes of messages in one batch, so that memory and the time of one transaction stay bounded.
    static let bytes = 1024 * 1024

    /// Identities that go, with all that belongs to them. First of all: new ones may have their names.
    var deletions: [Int64] = []
    var records: [Record] = []
    var cloud: [CloudUpdate] = []
    var arrivals: [Arrival] = []
    var removals: [Removal] = []

    var isEmpty: Bool { !isPressing && removals.isEmpty }

    /// Whether somebody waits for it.
    var isPressing: Bool { !(deletions.isEmpty && records.isEmpty && cloud.isEmpty && arrivals.isEmpty) }
}
