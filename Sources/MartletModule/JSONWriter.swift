/// JSON strings and numbers as text.
enum JSONWriter {
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8Bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += #"\u00"#.utf8Bytes
                bytes += [hexDigit(byte >> 4), hexDigit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// See ``JSONObjectBuilder/set(_:_:decimals:)``.
    static func append(_ value: Double, decimals: Int, to bytes: inout [UInt8]) {
        let places = max(0, min(decimals, 9))
        var unit: UInt64 = 1
        for _ in 0..<places { unit *= 10 }
        let scaled = value.magnitude * Double(unit) + 0.5
        // False for what is not a number, too.
        guard scaled < 1e18 else {
            bytes += "null".utf8Bytes
            return
        }
        let whole = UInt64(scaled)
        if value < 0 && whole > 0 { bytes.append(UInt8(ascii: "-")) }
        bytes += (whole / unit).description.utf8Bytes
        guard places > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var fraction = whole % unit
        while unit > 1 {
            unit /= 10
            bytes.append(UInt8(ascii: "0") + UInt8(fraction / unit))
            fraction %= unit
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
