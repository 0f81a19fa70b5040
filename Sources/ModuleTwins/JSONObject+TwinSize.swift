public import JSON

extension JSONObject {
    /// The size as IoT Hub counts it: UTF-8 bytes of keys and strings, without control characters in strings; a number is 8,
    /// a boolean 4. A null, which IoT Hub never stores, is 4.
    public var twinSize: Int {
        members.reduce(0) { $0 + $1.key.utf8.count + size(of: $1.value) }
    }
}

@inline(never)
private func size(of value: JSON) -> Int {
    switch value {
    case .null, .bool: 4
    case .integer, .number: 8
    case .string(let text): text.withBytes(sizeOfString)
    case .array(let elements): elements.reduce(0) { $0 + size(of: $1) }
    case .object(let object): object.twinSize
    }
}

/// U+0000 to U+001F is one byte of UTF-8; U+0080 to U+009F is 0xC2 and the scalar itself.
@inline(never)
private func sizeOfString(_ bytes: UnsafeRawBufferPointer) -> Int {
    var size = 0
    var previous: UInt8 = 0
    for byte in bytes {
        if byte >= 0x20 { size += 1 }
        if previous == 0xC2, (0x80...0x9F).contains(byte) { size -= 2 }
        previous = byte
    }
    return size
}
