/// Publishes of a client that are not acknowledged yet. PUBACKs go in the order in which the publishes came. [MQTT-4.6.0-2]
///
/// Of each publish the driver keeps the number that `add` gave, says `finish` once the hub has the message, and then sends a PUBACK for
/// each id that `next` gives.
public struct AcknowledgementQueue {
    private struct Entry {
        var id: UInt16
        var size: UInt32
        var isFinished: Bool
    }

    /// A ring; its size is a power of two.
    private var entries: [Entry] = []
    private var first: UInt32 = 0
    public private(set) var count = 0
    /// Bytes of the payloads of all of them.
    public private(set) var bytes = 0

    /// For a new connection.
    public init() {}

    /// So much is under way that nothing more should be read until some of it is done.
    public var isFull: Bool { count >= MQTTLimits.unacknowledged || bytes >= MQTTLimits.unacknowledgedBytes }

    /// A publish came.
    /// - Parameters:
    ///   - id: its packet identifier; 0, of QoS 0: it takes its place, and is never given by `next`.
    ///   - size: bytes of it.
    /// - Returns: its number, for `finish`.
    public mutating func add(_ id: UInt16, size: Int) -> UInt32 {
        if count == entries.count { grow() }
        let number = first &+ UInt32(count)
        entries[place(number)] = Entry(id: id, size: UInt32(clamping: size), isFinished: false)
        count += 1
        bytes += Int(UInt32(clamping: size))
        return number
    }

    /// The hub has it. A number that is not under way means nothing.
    public mutating func finish(_ number: UInt32) {
        guard number &- first < UInt32(count) else { return }
        entries[place(number)].isFinished = true
    }

    /// The id of the next PUBACK that may be sent; nil: the oldest publish is not finished, or there is none.
    public mutating func next() -> UInt16? {
        while count > 0, entries[place(first)].isFinished {
            let entry = entries[place(first)]
            first &+= 1
            count -= 1
            bytes -= Int(entry.size)
            if entry.id != 0 { return entry.id }
        }
        return nil
    }

    private func place(_ number: UInt32) -> Int { Int(number) & (entries.count - 1) }

    private mutating func grow() {
        let empty = Entry(id: 0, size: 0, isFinished: false)
        var larger = [Entry](repeating: empty, count: max(8, entries.count * 2))
        for index in 0..<UInt32(count) {
            let number = first &+ index
            larger[Int(number) & (larger.count - 1)] = entries[place(number)]
        }
        entries = larger
    }
}
