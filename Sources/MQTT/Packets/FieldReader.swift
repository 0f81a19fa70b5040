import JSON

/// Reads the fields of one packet, one after the other. What it gives are views of the packet's bytes.
struct FieldReader {
    private let type: PacketType
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    init(_ frame: PacketFrame) {
        (type, bytes) = (frame.type, frame.body)
    }

    /// What is left.
    var count: Int { bytes.count - place }

    mutating func byte(_ field: String) throws(PacketError) -> UInt8 {
        guard place < bytes.count else { throw truncated(field) }
        defer { place += 1 }
        return bytes[place]
    }

    mutating func number(_ field: String) throws(PacketError) -> UInt16 {
        guard place + 2 <= bytes.count else { throw truncated(field) }
        defer { place += 2 }
        return UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1])
    }

    /// A packet identifier, which is not 0.
    mutating func identifier() throws(PacketError) -> UInt16 {
        let id = try number("packet identifier")
        guard id != 0 else { throw PacketError("MQTT-2.3.1-1", "\(type.name) has the packet identifier 0; use 1 to 65535") }
        return id
    }

    /// Any bytes, with their length, 2 bytes, before them.
    mutating func block(_ field: String) throws(PacketError) -> UnsafeRawBufferPointer {
        let length = Int(try number(field))
        guard place + length <= bytes.count else { throw truncated(field) }
        defer { place += length }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
    }

    /// A string: UTF-8 without U+0000.
    mutating func text(_ field: String) throws(PacketError) -> UnsafeRawBufferPointer {
        let text = try block(field)
        let fault = TextCheck.fault(in: text)
        guard fault == nil else { throw bad(field, fault == .nul) }
        return text
    }

    /// All that is left.
    mutating func rest() -> UnsafeRawBufferPointer {
        defer { place = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[place...])
    }

    /// Nothing may be left.
    func end() throws(PacketError) {
        if count > 0 { throw PacketError("2.2.3", "\(type.name) has \(count) bytes behind its last field") }
    }

    private func bad(_ field: String, _ isNUL: Bool) -> PacketError {
        isNUL
            ? PacketError("MQTT-1.5.3-2", "the \(field) of \(type.name) holds U+0000")
            : PacketError("MQTT-1.5.3-1", "the \(field) of \(type.name) is not UTF-8")
    }

    private func truncated(_ field: String) -> PacketError {
        PacketError("2.2.3", "\(type.name) ends inside its \(field)")
    }
}
