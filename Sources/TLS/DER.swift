/// Writes ASN.1 in its distinguished encoding (X.690).
enum DER {
    /// A value of any type: tag, length, content.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var bytes = [tag]
        let count = content.count
        if count < 128 {
            bytes.append(UInt8(count))
        } else if count < 256 {
            bytes += [0x81, UInt8(count)]
        } else {
            precondition(count < 65536, "nothing here has 64 KB")
            bytes += [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        }
        return bytes + content
    }

    /// SEQUENCE.
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, Array(parts.joined())) }

    /// INTEGER of a number that is not negative, highest byte first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        var digits = Array(magnitude.drop { $0 == 0 })
        if digits.isEmpty || digits[0] >= 0x80 { digits.insert(0, at: 0) }
        return value(0x02, digits)
    }

    /// OBJECT IDENTIFIER, its content encoded already.
    static func identifier(_ content: [UInt8]) -> [UInt8] { value(0x06, content) }

    /// OCTET STRING.
    static func octets(_ content: [UInt8]) -> [UInt8] { value(0x04, content) }

    /// BIT STRING.
    static func bits(_ content: [UInt8], unused: UInt8 = 0) -> [UInt8] { value(0x03, [unused] + content) }

    /// UTF8String.
    static func text(_ text: String) -> [UInt8] { value(0x0C, Array(text.utf8)) }

    /// UTCTime from 1950 to 2049, else GeneralizedTime, as RFC 5280 (4.1.2.5) wants it. At most the end of 9999, which means for ever.
    static func time(_ seconds: Int64) -> [UInt8] {
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86400)
        // Days since 1970 to a date, in eras of 400 years that begin on 1 March (H. Hinnant, "chrono-compatible date algorithms").
        let shifted = days + 719_468
        let era = shifted / 146_097, day = shifted % 146_097
        let yearOfEra = (day - day / 1460 + day / 36524 - day / 146_096) / 365
        let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        let isShort = year < 2050
        var digits: [UInt8] = []
        append(isShort ? year % 100 : year, isShort ? 2 : 4, to: &digits)
        append(month < 10 ? month + 3 : month - 9, 2, to: &digits)
        append(dayOfYear - (153 * month + 2) / 5 + 1, 2, to: &digits)
        append(second / 3600, 2, to: &digits)
        append(second / 60 % 60, 2, to: &digits)
        append(second % 60, 2, to: &digits)
        digits.append(UInt8(ascii: "Z"))
        return value(isShort ? 0x17 : 0x18, digits)
    }

    private static func append(_ number: Int64, _ count: Int, to digits: inout [UInt8]) {
        var place: Int64 = 1
        for _ in 1..<count { place *= 10 }
        for _ in 0..<count {
            digits.append(UInt8(ascii: "0") + UInt8(number / place % 10))
            place /= 10
        }
    }
}
