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
    }

    var persistence: Persistence { isDurable ? .disk : .memory }

    /// Messages in it.
    var count: Int { inbox.count + inFlight + (disk?.totals.length ?? 0) }

    /// Whether nothing is kept here and nothing ever was on disk: a queue on disk keeps its number and its counts.
    var isForgettable: Bool { inbox.isEmpty && inFlight == 0 && (disk?.totals.lastSequence ?? 0) == 0 }

    /// Whether there is a message that could be delivered now, or read for that.
    var isDeliverable: Bool {
        guard let disk else { return !inbox.isEmpty }
        return !disk.window.isEmpty || disk.hasUnread && !disk.isReading
    }
}
