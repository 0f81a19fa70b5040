import JSON

/// The filters of a SUBSCRIBE or UNSUBSCRIBE, checked, as views of the bytes that were read.
public struct TopicFilters: Sequence, IteratorProtocol {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    private let hasQuality: Bool

    /// - Parameter hasQuality: a byte with the QoS stands behind each filter: of a SUBSCRIBE.
    init(_ reader: inout FieldReader, of type: PacketType) throws(PacketError) {
        hasQuality = type == .subscribe
        var check = reader
        bytes = reader.rest()
        if bytes.isEmpty { throw PacketError(hasQuality ? "MQTT-3.8.3-3" : "MQTT-3.10.3-2", "\(type.name) has no topic filter") }
        while check.count > 0 {
            let filter = try check.text("topic filter")
            if filter.isEmpty { throw PacketError("MQTT-4.7.3-1", "\(type.name) has an empty topic filter") }
            try Self.checkWildcards(filter)
            guard hasQuality else { continue }
            let quality = try check.byte("QoS")
            if quality > 2 { throw PacketError("MQTT-3.8.3-4", "the QoS byte of SUBSCRIBE is \(quality); use 0 or 1") }
        }
    }

    /// One filter, and the QoS that was asked for: 0 to 2, and 0 in an UNSUBSCRIBE.
    public mutating func next() -> (filter: UnsafeRawBufferPointer, quality: UInt8)? {
        guard place < bytes.count else { return nil }
        let start = place + 2
        let end = start + (Int(bytes[place]) << 8 | Int(bytes[place + 1]))
        place = end + (hasQuality ? 1 : 0)
        return (UnsafeRawBufferPointer(rebasing: bytes[start..<end]), hasQuality ? bytes[end] : 0)
    }

    /// `+` is a whole level, `#` a whole level and the last one.
    private static func checkWildcards(_ filter: UnsafeRawBufferPointer) throws(PacketError) {
        let slash = UInt8(ascii: "/")
        for (index, byte) in filter.enumerated() where byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+") {
            let isWhole = (index == 0 || filter[index - 1] == slash) && (index + 1 == filter.count || filter[index + 1] == slash)
            if byte == UInt8(ascii: "+") {
                if !isWhole { throw PacketError("MQTT-4.7.1-3", "a topic filter holds + beside other bytes of its level; write it %2B") }
            } else if !isWhole || index + 1 != filter.count {
                throw PacketError("MQTT-4.7.1-2", "a topic filter holds # that is not its whole last level; write it %23")
            }
        }
    }
}
