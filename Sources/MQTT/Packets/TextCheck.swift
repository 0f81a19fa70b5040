import JSON

/// Whether bytes are a string of MQTT, and of a topic. Most are short and ASCII: eight bytes are looked at at once.
enum TextCheck {
    enum Fault {
        case encoding
        case nul
        /// `#` or `+`, only where topics are looked at.
        case wildcard
    }

    /// A string: UTF-8 without U+0000.
    @inline(never)
    static func fault(in bytes: UnsafeRawBufferPointer) -> Fault? { fault(in: bytes, isTopic: false) }

    /// The topic of a PUBLISH: a string without wildcards.
    @inline(never)
    static func topicFault(in bytes: UnsafeRawBufferPointer) -> Fault? { fault(in: bytes, isTopic: true) }

    @inline(__always)
    private static func fault(in bytes: UnsafeRawBufferPointer, isTopic: Bool) -> Fault? {
        guard let base = bytes.baseAddress else { return nil }
        var place = 0
        var high: UInt64 = 0
        while place + 8 <= bytes.count {
            let word = base.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            high |= word
            var found = zeros(word)
            if isTopic { found |= zeros(word ^ 0x2323_2323_2323_2323) | zeros(word ^ 0x2B2B_2B2B_2B2B_2B2B) }
            if found & 0x8080_8080_8080_8080 != 0, let fault = slowFault(bytes[place..<place + 8], isTopic) { return fault }
            place += 8
        }
        for byte in bytes[place...] { high |= UInt64(byte) }
        if let fault = slowFault(bytes[place...], isTopic) { return fault }
        return high & 0x8080_8080_8080_8080 == 0 || UTF8Check.isWellFormed(bytes) ? nil : .encoding
    }

    /// The high bit of each byte that is 0, and of some that are not: looked at again one by one.
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- 0x0101_0101_0101_0101) & ~word }

    private static func slowFault(_ bytes: Slice<UnsafeRawBufferPointer>, _ isTopic: Bool) -> Fault? {
        for byte in bytes {
            if byte == 0 { return .nul }
            if isTopic && (byte == UInt8(ascii: "#") || byte == UInt8(ascii: "+")) { return .wildcard }
        }
        return nil
    }
}
