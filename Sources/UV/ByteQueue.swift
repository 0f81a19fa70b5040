import CPOSIX

/// Bytes that are appended at the end and taken from the front. One thread at a time.
public final class ByteQueue {
    private var memory: UnsafeMutableRawPointer?
    private var capacity = 0
    private var start = 0
    private var end = 0
    /// What is kept for the next bytes when it is empty.
    private static let keptCapacity = 16 << 10

    public init() {}

    deinit {
        memory?.deallocate()
    }

    public var count: Int { end - start }
    public var isEmpty: Bool { start == end }

    /// All of it, valid until the next change.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory.map { UnsafeRawPointer($0) + start }, count: count)
    }

    /// A copy of the bytes comes to the end.
    public func append(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        memcpy(room(for: bytes.count), base, bytes.count)
        end += bytes.count
    }

    /// Room behind the last byte, valid until the next change; `grow` then says how much of it was filled.
    @inline(never)
    public func room(for count: Int) -> UnsafeMutableRawPointer {
        if let memory, count <= capacity - end { return memory + end }
        if let memory, count <= capacity - self.count, start >= self.count {
            memcpy(memory, memory + start, self.count)
            end -= start
            start = 0
            return memory + end
        }
        var wanted = max(capacity, 1024)
        while wanted - self.count < count { wanted *= 2 }
        let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        if let memory { memcpy(larger, memory + start, self.count) }
        memory?.deallocate()
        memory = larger
        capacity = wanted
        end -= start
        start = 0
        return larger + end
    }

    /// The first `count` bytes of the room for more are filled.
    public func grow(by count: Int) {
        precondition(count >= 0 && count <= capacity - end)
        end += count
    }

    /// Changes the four bytes at an offset from the front: a number, little end first.
    public func set(_ offset: Int, _ number: UInt32) {
        precondition(offset >= 0 && offset <= count - 4)
        memory?.storeBytes(of: number.littleEndian, toByteOffset: start + offset, as: UInt32.self)
    }

    /// Takes bytes off the end again.
    public func removeLast(_ count: Int) {
        precondition(count >= 0 && count <= self.count)
        end -= count
    }

    /// Takes bytes from the front.
    public func removeFirst(_ count: Int) {
        precondition(count >= 0 && count <= self.count)
        start += count
        if start == end { removeAll() }
    }

    /// Empties it; memory beyond 16 KB is given back.
    public func removeAll() {
        start = 0
        end = 0
        guard capacity > Self.keptCapacity else { return }
        memory?.deallocate()
        memory = nil
        capacity = 0
    }

    /// Gives all bytes for those of the other.
    func swap(with other: ByteQueue) {
        (memory, other.memory) = (other.memory, memory)
        (capacity, other.capacity) = (other.capacity, capacity)
        (start, other.start) = (other.start, start)
        (end, other.end) = (other.end, end)
    }
}
