import CPOSIX

/// A message to a client, to be written where the caller has room.
public struct OutgoingPublish {
    private let topic: UnsafeRawBufferPointer
    private let payload: UnsafeRawBufferPointer
    private let id: UInt16
    private let isDuplicate: Bool

    /// - Parameters:
    ///   - topic: 1 to 65535 bytes, as `ServerTopic` makes them. Both are valid until it is written.
    ///   - id: 0: QoS 0, else QoS 1.
    ///   - isDuplicate: it was sent before, with the same id.
    public init(topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, id: UInt16 = 0, isDuplicate: Bool = false) {
        precondition(!topic.isEmpty && topic.count <= MQTTLimits.topic, "a topic has 1 to 65535 bytes")
        (self.topic, self.payload, self.id, self.isDuplicate) = (topic, payload, id, isDuplicate && id != 0)
    }

    private var length: Int { 2 + topic.count + (id == 0 ? 0 : 2) + payload.count }

    /// How many bytes `write(to:)` writes.
    public var count: Int { 1 + RemainingLength.count(of: length) + length }

    /// Writes `count` bytes into memory that has room for them.
    public func write(to memory: UnsafeMutableRawPointer) {
        var place = memory + writeHead(to: memory)
        if let base = topic.baseAddress { memcpy(place, base, topic.count) }
        place += topic.count
        if id != 0 {
            place.storeBytes(of: id.bigEndian, as: UInt16.self)
            place += 2
        }
        if let base = payload.baseAddress { memcpy(place, base, payload.count) }
    }

    /// The same, behind the bytes that are there.
    public func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { head in
            guard let base = head.baseAddress else { return }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: base, count: writeHead(to: base)))
        }
        bytes.append(contentsOf: topic)
        if id != 0 {
            bytes.append(UInt8(truncatingIfNeeded: id >> 8))
            bytes.append(UInt8(truncatingIfNeeded: id))
        }
        bytes.append(contentsOf: payload)
    }

    /// The fixed header and the length of the topic: at most 7 bytes.
    private func writeHead(to memory: UnsafeMutableRawPointer) -> Int {
        memory.storeBytes(of: 0x30 | (id == 0 ? 0 : 2) | (isDuplicate ? 8 : 0), as: UInt8.self)
        let place = 1 + RemainingLength.write(length, to: memory + 1)
        (memory + place).storeBytes(of: UInt16(truncatingIfNeeded: topic.count).bigEndian, as: UInt16.self)
        return place + 2
    }
}
