public import JSON

extension JSONObject {
    /// The size as IoT Hub counts it: UTF-8 bytes of keys and strings, without control characters in strings; a number is 8,
    /// a boolean 4. A null, which IoT Hub never stores, is 4.
    public var twinSize: Int {
        members.reduce(0) { $0 + $1.key.utf8.count + $1.value.twinSize }
    }
}

extension JSON {
    /// Of a value, likewise.
    var twinSize: Int {
        @inline(never) get {
            switch self {
            case .null, .bool: 4
            case .integer, .number: 8
            case .string(let text): text.withBytes(TwinSize.string)
            case .array(let elements): elements.reduce(0) { $0 + $1.twinSize }
            case .object(let object): object.twinSize
            }
        }
    }
}
