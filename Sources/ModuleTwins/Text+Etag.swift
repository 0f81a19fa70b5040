public import JSON

extension Text {
    /// The number as IoT Hub writes an etag: eight bytes, big end first, in base64. 7 is `AAAAAAAAAAc=`.
    init(etagOf revision: UInt64) {
        var bytes: [UInt8] = []
        for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: revision >> UInt64(56 - 8 * place))) }
        self = Base64.encode(bytes)
    }

    /// Whether this is the etag that somebody asks for, with or without its quotes; `*` is any.
    public func isMatched(by wanted: Text) -> Bool {
        wanted == "*" || wanted == self || wanted == "\"\(self)\""
    }
}
