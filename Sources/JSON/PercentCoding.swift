/// Percent-encoding of path segments and query items (RFC 3986). "+" is never a space.
public enum PercentCoding {
    /// Decodes once. nil where a "%" is not followed by two hexadecimal digits, and where the result is not UTF-8 or holds NUL.
    public static func decode(_ encoded: some Sequence<UInt8>) -> Text? {
        var decoded: [UInt8] = []
        var bytes = encoded.makeIterator()
        while let byte = bytes.next() {
            guard byte == UInt8(ascii: "%") else {
                decoded.append(byte)
                continue
            }
            guard let first = bytes.next(), let second = bytes.next(), let high = ASCII.hexValue(first), let low = ASCII.hexValue(second)
            else { return nil }
            decoded.append(high << 4 | low)
        }
        guard !decoded.contains(0), let string = String(validating: decoded, as: UTF8.self) else { return nil }
        return Text(string)
    }

    /// Encodes everything but the unreserved characters: letters, digits, "-", ".", "_", "~".
    public static func encode(_ text: Text, to bytes: inout [UInt8]) {
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(ASCII.hexDigit(byte >> 4))
                bytes.append(ASCII.hexDigit(byte & 0xF))
            }
        }
    }

    /// As `encode(_:to:)`, as a text of its own.
    public static func encode(_ text: Text) -> Text {
        var bytes: [UInt8] = []
        encode(text, to: &bytes)
        return Text(utf8: bytes)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
