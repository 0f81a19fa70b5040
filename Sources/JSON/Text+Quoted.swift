extension Text {
    /// In double quotes for messages to people: control characters and quotes escaped, cut with `…` after 64 bytes.
    public var quoted: Text {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        var taken = 0
        for scalar in string.unicodeScalars {
            taken += UTF8.width(scalar)
            guard taken <= 64 else {
                bytes.append(contentsOf: "…".utf8)
                break
            }
            switch scalar.value {
            case 0x22, 0x5C: bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(scalar.value)])
            case 0..<0x20, 0x7F...0x9F:
                bytes.append(contentsOf: "\\u00\(Text.digit(scalar.value >> 4))\(Text.digit(scalar.value & 15))".utf8)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return Text(utf8: bytes)
    }

    private static func digit(_ value: UInt32) -> Text {
        Text(utf8: [UInt8(value < 10 ? 48 + value : 87 + value)])
    }
}
