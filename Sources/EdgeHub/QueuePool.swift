/// The room that all queues of one kind have together. Half of it is split evenly: that much each queue has for itself. The other half is
/// for whoever needs more, first come, first served. So a queue whose consumer is stuck never takes the room of one whose consumer is well.
///
/// Bytes and messages are counted alike, so that many messages of a few bytes take no more memory than few large ones.
///
/// ```
///  [ own of a │ own of b │ own of c │ ········ shared ········ ]
/// ```
///
/// When a queue comes, the parts of the others shrink, and what they hold beyond it counts as shared from then on: for as long as that is
/// more than there is, all of them together may hold one and a half times of what the pool has.
final class QueuePool {
    let total: QueueUsage
    /// What each queue has for itself.
    private(set) var own: QueueUsage
    /// What queues have beyond their own.
    private var shared = QueueUsage()

    /// For one queue, until `resize`.
    init(_ total: QueueUsage) {
        self.total = total
        own = QueueUsage(bytes: total.bytes / 2, count: total.count / 2)
    }

    /// Takes room for a message, if there is room. A queue that is empty always has room for one.
    func take(_ usage: inout QueueUsage, _ bytes: Int) -> Bool {
        let (newBytes, newCount) = (usage.bytes &+ bytes, usage.count &+ 1)
        if newBytes > own.bytes || newCount > own.count {
            guard takeShared(usage, newBytes, newCount) else { return false }
        }
        usage.bytes = newBytes
        usage.count = newCount
        return true
    }

    @inline(never)
    private func takeShared(_ usage: QueueUsage, _ newBytes: Int, _ newCount: Int) -> Bool {
        let most = most(for: usage)
        guard newBytes <= most.bytes && newCount <= most.count || usage.count == 0 else { return false }
        shared.bytes &+= max(0, newBytes &- own.bytes) &- max(0, usage.bytes &- own.bytes)
        shared.count &+= max(0, newCount &- own.count) &- max(0, usage.count &- own.count)
        return true
    }

    /// Gives back the room of one message.
    func give(_ usage: inout QueueUsage, _ bytes: Int) {
        guard usage.bytes > own.bytes || usage.count > own.count else {
            usage.bytes &-= bytes
            usage.count &-= 1
            return
        }
        set(&usage, QueueUsage(bytes: usage.bytes &- bytes, count: usage.count &- 1))
    }

    /// The queue has this much now, whether there is room or not.
    func set(_ usage: inout QueueUsage, _ new: QueueUsage) {
        if usage.bytes > own.bytes || new.bytes > own.bytes {
            shared.bytes &+= max(0, new.bytes &- own.bytes) &- max(0, usage.bytes &- own.bytes)
        }
        if usage.count > own.count || new.count > own.count {
            shared.count &+= max(0, new.count &- own.count) &- max(0, usage.count &- own.count)
        }
        usage = new
    }

    /// The most that a queue may have now: its own, what it has of the shared room, and what is left of that.
    func most(for usage: QueueUsage) -> QueueUsage {
        let bytes = total.bytes - total.bytes / 2 &- shared.bytes &+ max(0, usage.bytes &- own.bytes)
        let count = total.count - total.count / 2 &- shared.count &+ max(0, usage.count &- own.count)
        return QueueUsage(bytes: own.bytes + max(0, bytes), count: own.count + max(0, count))
    }

    /// Queues came or went: these are all, with what they have.
    func resize(_ usages: [QueueUsage]) {
        let queues = max(1, usages.count)
        own = QueueUsage(bytes: total.bytes / 2 / queues, count: total.count / 2 / queues)
        shared = QueueUsage()
        for usage in usages {
            shared.bytes &+= max(0, usage.bytes &- own.bytes)
            shared.count &+= max(0, usage.count &- own.count)
        }
    }
}
