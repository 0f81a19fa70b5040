/// The number under which a message is on disk: its queue, and its place in it. So the messages of a queue stand side by side, and a queue
/// grows at its end.
enum MessageKey {
    /// 8,796,093,022,207: three years of 100,000 messages a second.
    static let lastSequence: Int64 = (1 << 43) - 1
    /// 1,048,575.
    static let lastQueue: Int64 = (1 << 20) - 1

    static func key(_ queue: Int64, _ sequence: Int64) -> Int64 { queue << 43 | sequence & lastSequence }

    static func sequence(_ key: Int64) -> Int64 { key & lastSequence }
}
