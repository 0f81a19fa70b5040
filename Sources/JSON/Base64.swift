/// Base64 (RFC 4648 section 4), strict: with padding, without white space, unused bits zero.
public enum Base64 {
    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    /// The text of some bytes, with padding, on one line.
    public static func encode(_ bytes: some Collection<UInt8>) -> Text {
        bytes.withContiguousStorageIfAvailable { encode(UnsafeRawBufferPointer($0)) } ?? Array(bytes).withUnsafeBytes { encode($0) }
    }

    /// The text of the bytes in memory, with padding, on one line.
    public static func encode(_ bytes: UnsafeRawBufferPointer) -> Text {
        let length = (bytes.count + 2) / 3 * 4
        return Text(
            String(unsafeUninitializedCapacity: length) { text in
                let digits = alphabet.utf8Start
                var place = 0
                for start in stride(from: 0, to: bytes.count, by: 3) {
                    let given = min(bytes.count - start, 3)
                    var bits: UInt32 = 0
                    for index in 0..<3 { bits = bits << 8 | (index < given ? UInt32(bytes[start + index]) : 0) }
                    for digit in 0..<4 {
                        text.initializeElement(
                            at: place, to: digit <= given ? digits[Int(bits >> UInt32(18 - 6 * digit) & 63)] : UInt8(ascii: "="))
                        place += 1
                    }
                }
                return length
            })
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
