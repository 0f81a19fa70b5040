import CPOSIX

/// Numbers as texts.
enum NumberText {
    /// What a text says that has already been found to be a number: decimal digits with sign, fraction and exponent.
    /// Correctly rounded; beyond Double: infinity.
    static func double(_ bytes: some Collection<UInt8>) -> Double {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: bytes.count + 1) { buffer in
            guard let base = buffer.baseAddress else { return .nan }
            var end = 0
            for byte in bytes {
                base[end] = CChar(bitPattern: byte)
                end += 1
            }
            base[end] = 0
            return strtod(base, nil)
        }
    }

    /// `as_number`: white space, sign, digits with one point before, in or behind them, exponent, white space; nil: anything else.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double? {
        var (start, end) = (0, text.count)
        while start < end, isSpace(text[start]) { start += 1 }
        while start < end, isSpace(text[end - 1]) { end -= 1 }
        var place = start
        if place < end, isSign(text[place]) { place += 1 }
        var digits = skipDigits(text, &place, end)
        if place < end, text[place] == UInt8(ascii: ".") {
            place += 1
            digits += skipDigits(text, &place, end)
        }
        guard digits > 0 else { return nil }
        if place < end, text[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if place < end, isSign(text[place]) { place += 1 }
            guard skipDigits(text, &place, end) > 0 else { return nil }
        }
        guard place == end, end - start <= longest else { return nil }
        return small(text, start, end) ?? double(UnsafeBufferPointer(rebasing: text[start..<end]))
    }

    /// Digits beyond this are no measurement.
    private static let longest = 4096

    /// `-1234` or `21.5`: digits and power of ten are exact as Double, and so it is rounded once. nil: it is not so.
    private static func small(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Double? {
        var place = start
        let isNegative = text[place] == UInt8(ascii: "-")
        if isSign(text[place]) { place += 1 }
        guard end - place <= 16 else { return nil }
        var value: Int64 = 0
        var divisor = 1.0
        var isFraction = false
        while place < end {
            let byte = text[place]
            place += 1
            if byte == UInt8(ascii: ".") {
                isFraction = true
                continue
            }
            guard byte &- UInt8(ascii: "0") < 10 else { return nil }
            value = value * 10 + Int64(byte &- UInt8(ascii: "0"))
            if isFraction { divisor *= 10 }
        }
        guard value < 1 << 53 else { return nil }
        let number = Double(value) / divisor
        return isNegative ? -number : number
    }

    private static func skipDigits(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ end: Int) -> Int {
        let start = place
        while place < end, text[place] &- UInt8(ascii: "0") < 10 { place += 1 }
        return place - start
    }

    private static func isSign(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
