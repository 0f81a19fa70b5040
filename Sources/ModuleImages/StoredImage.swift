import Files

/// What this process knows of one image in the store. On the loop's thread.
final class StoredImage {
    /// A file that one instance at a time loads.
    struct Slot {
        var isTaken = false
        /// Of the file when it was found to be good; nil: it was not looked at.
        var status: FileStatus?
    }

    let image: ModuleImage
    /// By number; the first is the store's own copy.
    var slots: [Slot] = [Slot()]
    /// Copies that somebody has.
    var holders = 0
    /// What orders were found to hold for it: kinds and signatures.
    private var approvals: [(kind: ImageFile.Kind, signature: [UInt8]?)] = []

    init(_ image: ModuleImage) {
        self.image = image
    }

    /// It was found to be good, and right for this order.
    func approve(_ order: ImageOrder, _ status: FileStatus) {
        slots[0].status = status
        guard !isApproved(order) else { return }
        if approvals.count == 8 { approvals.removeFirst() }
        approvals.append((order.kind, order.signature))
    }

    /// Whether all that the order wants was checked before, and the file is still the one that was found to be good.
    func isGood(for order: ImageOrder) -> Bool {
        isApproved(order) && isGood(0)
    }

    /// Whether a slot's file is there, and good.
    func isGood(_ slot: Int) -> Bool {
        guard let status = slots[slot].status else { return false }
        return (try? Files.status(path(slot))) == status
    }

    /// The first slot that nobody has.
    func freeSlot() -> Int {
        if let free = slots.firstIndex(where: { !$0.isTaken }) { return free }
        slots.append(Slot())
        return slots.count - 1
    }

    /// Slots that nobody has are looked at again before they are used. Returns the others.
    func forgetFreeSlots() -> [Int] {
        for slot in slots.indices.dropFirst() where !slots[slot].isTaken { slots[slot].status = nil }
        return slots.indices.filter { slots[$0].isTaken }
    }

    /// Its files are about to be removed.
    func forget() {
        approvals = []
        for slot in slots.indices { slots[slot].status = nil }
    }

    /// Nothing is known of it. A slot that is taken although nobody has a copy is one whose library stayed in memory: its name must not
    /// be used again.
    var isForgotten: Bool { approvals.isEmpty && !slots.contains { $0.isTaken } }

    /// The file of a slot.
    func path(_ slot: Int) -> String {
        slot == 0 ? image.path : Files.join(Files.parent(image.path) ?? "", slot.description)
    }

    private func isApproved(_ order: ImageOrder) -> Bool {
        approvals.contains { $0.kind == order.kind && $0.signature == order.signature }
    }
}
