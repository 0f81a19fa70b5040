/// Bytes from one thread to another, in order: one thread writes, one reads.
///
/// ```
///  writer: write ─► [ unread bytes, at most `limit` ] ─► reader's wakeup ─► take
/// ```
public final class ThreadPipe: @unchecked Sendable {
    private let lock = Lock()
    private let unread = ByteQueue()
    private let limit: Int
    private var wakeup: Wakeup?
    private var isFinished = false
    private var isClosed = false
    private var isWaiting = false
    /// The reader was woken and has not looked yet.
    private var isWoken = false

    /// - Parameter limit: bytes; more are taken from a writer that does not wait, and one that waits does so until all was taken.
    public init(limit: Int) {
        self.limit = limit
    }

    /// What wakes the reader, on the reader's loop. Before the writer's thread begins.
    public func connect(_ wakeup: Wakeup) {
        self.wakeup = wakeup
    }

    /// On the writer's thread.
    /// - Parameter waits: sleeps first while more than `limit` is unread.
    /// - Returns: how much is unread now. What is written after `close` is dropped.
    @discardableResult
    public func write(_ bytes: UnsafeRawBufferPointer, waits: Bool) -> Int {
        lock.take()
        if waits && unread.count > limit {
            isWaiting = true
            while isWaiting && !isClosed { lock.wait() }
        }
        if !isClosed { unread.append(bytes) }
        let count = unread.count
        wakeAndGive()
        return count
    }

    /// How much is unread now. Any thread.
    public var unreadBytes: Int {
        lock.take()
        defer { lock.give() }
        return unread.count
    }

    /// On the writer's thread: nothing more comes. The reader hears of it.
    public func finish() {
        lock.take()
        isFinished = true
        wakeAndGive()
    }

    /// On the reader's thread: all that is unread, for an empty queue.
    /// - Returns: whether nothing more comes after it.
    public func take(_ queue: ByteQueue) -> Bool {
        lock.take()
        isWoken = false
        unread.swap(with: queue)
        isWaiting = false
        lock.signal()
        let isFinished = self.isFinished
        lock.give()
        return isFinished
    }

    /// On the reader's thread: nobody reads any more.
    public func close() {
        lock.take()
        isClosed = true
        unread.removeAll()
        lock.signal()
        lock.give()
    }

    /// One wake for all that is written before the reader looks.
    private func wakeAndGive() {
        let wakes = !isWoken
        isWoken = true
        lock.give()
        if wakes { wakeup?.wake() }
    }
}
