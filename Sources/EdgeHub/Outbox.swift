import JSON

/// What an instance was given with a receipt and has not taken yet. What is of queues on disk stays there until it has.
struct Outbox {
    struct Entry {
        let lane: Lane
        fileprivate(set) var stored: StoredMessage
    }

    /// Messages at one time.
    static let mostMessages = 256
    /// Bytes of them; a message may go beyond.
    static let mostBytes = 256 * 1024
    /// Receipts that are not the oldest may come first, but not for ever.
    private static let mostSlots = 4096

    /// Delivered again, by receipt: it was given back by an earlier instance, and keeps its receipt.
    private var again: [UInt64: Entry] = [:]
    /// nil: taken.
    private var slots = Ring<Entry?>()
    /// Of the first slot. Receipts go on over instances: a late one of an earlier instance is none of the next.
    private var firstReceipt: UInt64
    private(set) var count = 0
    private(set) var bytes = 0

    var isFull: Bool { count >= Outbox.mostMessages || bytes >= Outbox.mostBytes || slots.count >= Outbox.mostSlots }
    /// There is room for a good deal more.
    var hasRoom: Bool { count <= Outbox.mostMessages / 2 && bytes <= Outbox.mostBytes / 2 && slots.count <= Outbox.mostSlots / 2 }

    init(firstReceipt: UInt64 = 1) {
        self.firstReceipt = firstReceipt
    }

    /// - Returns: the receipt for it: the one that it had before, if it had one.
    mutating func add(_ lane: Lane, _ stored: consuming StoredMessage) -> UInt64 {
        count += 1
        bytes += stored.bytes
        if stored.receipt > 0 {
            let receipt = stored.receipt
            again[receipt] = Entry(lane: lane, stored: stored)
            return receipt
        }
        let receipt = firstReceipt + UInt64(slots.count)
        stored.receipt = receipt
        slots.append(Entry(lane: lane, stored: stored))
        return receipt
    }

    /// nil: nothing is out under this receipt.
    mutating func take(_ receipt: UInt64) -> Entry? {
        if receipt < firstReceipt {
            guard let entry = again.removeValue(forKey: receipt) else { return nil }
            count -= 1
            bytes -= entry.stored.bytes
            return entry
        }
        guard receipt - firstReceipt < UInt64(slots.count) else { return nil }
        let index = Int(receipt - firstReceipt)
        guard let entry = slots[index].flatMap({ $0 }) else { return nil }
        slots[index] = .some(nil)
        count -= 1
        bytes -= entry.stored.bytes
        while let first = slots.first, first == nil {
            _ = slots.removeFirst()
            firstReceipt += 1
        }
        return entry
    }

    /// As `DiskQueue.shift`, of what is out.
    mutating func shift(_ ms: Int64) {
        for index in 0..<slots.count {
            guard var entry = slots[index].flatMap({ $0 }), let disk = entry.lane.disk else { continue }
            disk.shift(&entry.stored, ms)
            slots[index] = .some(entry)
        }
        for receipt in again.keys {
            guard var entry = again[receipt], let disk = entry.lane.disk else { continue }
            disk.shift(&entry.stored, ms)
            again[receipt] = entry
        }
    }

    /// What was not taken, oldest first.
    mutating func removeAll() -> [Entry] {
        var all = again.values.inOrder { $0.stored.receipt < $1.stored.receipt }
        again = [:]
        while let slot = slots.removeFirst() {
            firstReceipt += 1
            if let entry = slot { all.append(entry) }
        }
        count = 0
        bytes = 0
        return all
    }
}
