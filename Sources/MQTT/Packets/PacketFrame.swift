import JSON

/// One whole packet as it lies in the buffer: its fixed header read, its body not yet. (MQTT 3.1.1 section 2.2)
struct PacketFrame {
    let type: PacketType
    /// The lower four bits of the first byte.
    let flags: UInt8
    /// Behind the fixed header; a view.
    let body: UnsafeRawBufferPointer
    /// Bytes of the packet, header included.
    let count: Int

    /// nil: not all of it is there yet.
    /// - Parameters:
    ///   - bytes: begin with a packet.
    ///   - limit: bytes of the largest packet that is taken; a larger one throws as soon as its length is known.
    static func read(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(PacketError) -> PacketFrame? {
        guard let first = bytes.first else { return nil }
        guard let type = PacketType(rawValue: first >> 4) else {
            throw PacketError("2.2.1", "packet type \(first >> 4) is reserved; use 1 to 14")
        }
        let flags = first & 0x0F
        if let wanted = type.flags, wanted != flags {
            throw PacketError("MQTT-2.2.2-2", "the flags of \(type.name) are \(flags); they must be \(wanted)")
        }
        var length = 0
        var place = 1
        while true {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            length |= Int(byte & 0x7F) << (7 * (place - 1))
            place += 1
            if byte & 0x80 == 0 { break }
            if place > 4 { throw PacketError("2.2.3", "the remaining length of \(type.name) has more than 4 bytes") }
        }
        let count = place + length
        guard count <= limit else { throw PacketError("2.2.3", "\(type.name) has \(count) bytes; at most \(limit) are taken") }
        guard count <= bytes.count else { return nil }
        return PacketFrame(type: type, flags: flags, body: UnsafeRawBufferPointer(rebasing: bytes[place..<count]), count: count)
    }
}
