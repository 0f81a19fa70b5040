/// Base64 (RFC 4648 section 4), strict: with padding, without white space, unused bits zero.
public enum Base64 {
    /// The text of some bytes, with padding, on one line.
    public static func encode(_ bytes: some Collection<UInt8>) -> Text {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 1
            if count == 3 {
                append(bits, digits: 4, to: &text)
                (bits, count) = (0, 0)
            }
        }
        if count > 0 {
            append(bits << UInt32(8 * (3 - count)), digits: count + 1, to: &text)
            text.append(contentsOf: repeatElement(UInt8(ascii: "="), count: 3 - count))
        }
        return Text(utf8: text)
    }

    /// The bytes; nil if the text is not strict base64.
    public static func decode(_ text: Text) -> [UInt8]? {
        let length = text.utf8.count
        guard length % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var padding = 0
        for character in text.utf8 {
            count += 1
            if character == UInt8(ascii: "=") {
                padding += 1
                bits <<= 6
            } else {
                guard padding == 0, let digit = digit(character) else { return nil }
                bits = bits << 6 | UInt32(digit)
            }
            guard count % 4 == 0 else { continue }
            switch padding {
            case 0: break
            case 1 where bits & 0xFF == 0 && count == length: break
            case 2 where bits & 0xFFFF == 0 && count == length: break
            default: return nil
            }
            for shift in [16, 8, 0].dropLast(padding) as ArraySlice<UInt32> { bytes.append(UInt8(truncatingIfNeeded: bits >> shift)) }
            bits = 0
        }
        return bytes
    }

    /// The first of the four digits of 24 bits.
    private static func append(_ bits: UInt32, digits: Int, to text: inout [UInt8]) {
        var shift: UInt32 = 18
        for _ in 0..<digits {
            text.append(character(UInt8(bits >> shift & 63)))
            shift = shift >= 6 ? shift - 6 : 0
        }
    }

    private static func character(_ digit: UInt8) -> UInt8 {
        switch digit {
        case 0..<26: UInt8(ascii: "A") + digit
        case 26..<52: UInt8(ascii: "a") + digit - 26
        case 52..<62: UInt8(ascii: "0") + digit - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
