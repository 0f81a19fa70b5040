import CPOSIX

extension JSONTape {
    /// What is at a place.
    public func kind(of place: Int) -> Kind {
        entry(place).kind
    }

    /// The place of the value of a key; nil: it has none, or is no object. Of a key that comes twice the last one counts.
    public func member(_ key: UnsafeRawBufferPointer, of place: Int) -> Int? {
        guard entry(place).kind == .object else { return nil }
        let end = Int(entry(place).next)
        var found: Int?
        var child = place + 1
        while child < end {
            let name = entries[child]
            if Int(name.end - name.start) == key.count, isSame(key, Int(name.start)) { found = child + 1 }
            child = Int(entries[child + 1].next)
        }
        return found
    }

    @inline(__always)
    private func isSame(_ key: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        guard let base = key.baseAddress else { return true }
        return memcmp(text + start, base, key.count) == 0
    }

    /// The place of an element, counted from 0; nil: there are not so many, or it is no array.
    public func element(_ index: Int, of place: Int) -> Int? {
        guard entry(place).kind == .array, index >= 0 else { return nil }
        let end = Int(entry(place).next)
        var child = place + 1
        var left = index
        while child < end {
            if left == 0 { return child }
            left -= 1
            child = Int(entries[child].next)
        }
        return nil
    }

    /// A number; of anything else NaN. Beyond Double: infinity. As `strtod`, correctly rounded.
    public func number(at place: Int) -> Double {
        let entry = entry(place)
        guard entry.kind == .number else { return .nan }
        if let number = quickNumber(Int(entry.start), Int(entry.end)) { return number }
        // Behind it is what ends a number for `strtod` too.
        return strtod(UnsafeRawPointer(text + Int(entry.start)).assumingMemoryBound(to: CChar.self), nil)
    }

    /// The UTF-8 of a string, of anything else none. In place: until the next `read` or `clear`.
    public func string(at place: Int) -> UnsafeRawBufferPointer {
        let entry = entry(place)
        guard entry.kind == .string else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: text + Int(entry.start), count: Int(entry.end - entry.start))
    }

    @inline(__always)
    private func entry(_ place: Int) -> Entry {
        precondition(place >= 0 && place < count, "no valid text was read, or the place is of another one")
        return entries[place]
    }

    /// A number of few digits, near 1: digits and power of ten are exact as Double, and so it is rounded once. nil: not so.
    private func quickNumber(_ start: Int, _ end: Int) -> Double? {
        var digits: UInt64 = 0
        var power = 0
        var at = start
        let isNegative = text[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard end - at <= 19 else { return nil }
        var isFraction = false
        while at < end {
            let byte = text[at]
            at += 1
            if byte &- UInt8(ascii: "0") < 10 {
                digits = digits &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                if isFraction { power -= 1 }
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                guard let exponent = exponent(at, end) else { return nil }
                power += exponent
                break
            }
        }
        guard digits <= 1 << 53, power >= -22, power <= 22 else { return nil }
        var factor = 1.0
        for _ in 0..<abs(power) { factor *= 10 }
        let value = power < 0 ? Double(digits) / factor : Double(digits) * factor
        return isNegative ? -value : value
    }

    /// `+3` or `-3` or `3`, of at most two digits.
    private func exponent(_ start: Int, _ end: Int) -> Int? {
        var at = start
        let isNegative = text[at] == UInt8(ascii: "-")
        if isNegative || text[at] == UInt8(ascii: "+") { at += 1 }
        guard end - at <= 2 else { return nil }
        var value = 0
        while at < end {
            value = value * 10 + Int(text[at] &- UInt8(ascii: "0"))
            at += 1
        }
        return isNegative ? -value : value
    }
}
