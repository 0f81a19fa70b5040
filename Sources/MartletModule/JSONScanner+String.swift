extension JSONScanner {
    mutating func skipString() -> Bool {
        readString() != nil
    }

    /// The UTF-8 bytes of a string with its escapes resolved; half a surrogate pair becomes U+FFFD.
    mutating func readString() -> ArraySlice<UInt8>? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = position
        while position < bytes.count {
            switch next {
            case UInt8(ascii: "\""):
                defer { skip() }
                return bytes[start..<position]
            case UInt8(ascii: "\\"): return readEscaped(Array(bytes[start..<position]))
            case 0..<0x20: return nil
            default: skip()
            }
        }
        return nil
    }

    private mutating func readEscaped(_ before: [UInt8]) -> ArraySlice<UInt8>? {
        var text = before
        while position < bytes.count {
            let byte = next
            guard byte >= 0x20 else { return nil }
            skip()
            if byte == UInt8(ascii: "\"") { return text[...] }
            if byte == UInt8(ascii: "\\") {
                guard appendEscape(to: &text) else { return nil }
            } else {
                text.append(byte)
            }
        }
        return nil
    }

    private mutating func appendEscape(to text: inout [UInt8]) -> Bool {
        let byte = next
        guard byte != 0 else { return false }
        skip()
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = readScalar() else { return false }
            text += String(scalar).utf8Bytes
        default: return false
        }
        return true
    }

    /// After `\u`.
    private mutating func readScalar() -> Unicode.Scalar? {
        guard let high = readFourHex() else { return nil }
        if let scalar = Unicode.Scalar(high) { return scalar }
        let after = self
        if high < 0xDC00, take(literal: "\\u"), let low = readFourHex(), (0xDC00...0xDFFF).contains(low) {
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        }
        self = after
        return "\u{FFFD}"
    }

    private mutating func readFourHex() -> UInt32? {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch next {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = next - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = next - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = next - UInt8(ascii: "A") + 10
            default: return nil
            }
            skip()
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
