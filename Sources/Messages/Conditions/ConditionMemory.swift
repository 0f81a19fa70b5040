/// Where texts are put that an evaluation makes or copies: taken one behind the other, given back all at once. Kept between messages
/// while it is small.
struct ConditionMemory {
    private var block: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var used = 0
    /// Blocks that were full, and are still in use.
    private var full: [UnsafeMutablePointer<UInt8>] = []
    private var total: Int

    init() {
        capacity = ConditionLimits.keptMemory
        total = capacity
        block = .allocate(capacity: capacity)
    }

    /// Bytes that stay where they are until `reset`; nil: more than an evaluation may have.
    mutating func take(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
        if count > capacity - used, !grow(count) { return nil }
        defer { used += count }
        return block + used
    }

    /// Gives back the end of what was taken last.
    mutating func giveBack(_ count: Int) {
        used -= count
    }

    @inline(never)
    private mutating func grow(_ count: Int) -> Bool {
        let wanted = max(count, 2 * capacity)
        let next = total + wanted <= ConditionLimits.memory ? wanted : count
        guard total + next <= ConditionLimits.memory else { return false }
        full.append(block)
        block = .allocate(capacity: next)
        capacity = next
        used = 0
        total += next
        return true
    }

    /// Nothing that was taken is needed any more; the evaluation goes on.
    @inline(__always)
    mutating func rewind() {
        used = 0
        if !full.isEmpty { freeFull() }
    }

    @inline(never)
    private mutating func freeFull() {
        for other in full { other.deallocate() }
        full = []
        total = capacity
    }

    /// Gives back all of it.
    @inline(__always)
    mutating func reset() {
        used = 0
        if total > ConditionLimits.keptMemory { shrink() }
    }

    @inline(never)
    private mutating func shrink() {
        free()
        self = ConditionMemory()
    }

    /// Its owner's last act.
    func free() {
        block.deallocate()
        for other in full { other.deallocate() }
    }
}
