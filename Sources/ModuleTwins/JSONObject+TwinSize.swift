public import JSON

extension JSONObject {
    /// The size as IoT Hub counts it: UTF-8 bytes of keys and strings, without control characters in strings; a number is 8,
    /// a boolean 4. A null, which IoT Hub never stores, is 4.
    public var twinSize: Int {
        members.reduce(0) { $0 + $1.key.utf8.count + size(of: $1.value) }
    }
}

private func size(of value: JSON) -> Int {
    switch value {
    case .null, .bool: 4
    case .integer, .number: 8
    case .string(let text): text.string.unicodeScalars.reduce(0) { $0 + (isControl($1.value) ? 0 : UTF8.width($1)) }
    case .array(let elements): elements.reduce(0) { $0 + size(of: $1) }
    case .object(let object): object.twinSize
    }
}

private func isControl(_ scalar: UInt32) -> Bool {
    scalar < 0x20 || (0x80...0x9F).contains(scalar)
}
