import CPOSIX

extension JSONTape {
    /// Reads the inside of a string and its closing quote.
    ///
    /// - Parameters:
    ///   - at: where to read; afterwards behind the closing quote.
    ///   - end: where to write what was read, as UTF-8 without escapes: that is never longer. Afterwards the end of it.
    @inline(__always)
    func unescape(_ at: inout Int, _ end: inout Int) -> Bool {
        skipPlain(&at)
        end = at
        if text[at] == UInt8(ascii: "\"") {
            at += 1
            return true
        }
        return unescapeRest(&at, &end)
    }

    /// Behind a beginning that stays where it is.
    @inline(never)
    private func unescapeRest(_ at: inout Int, _ end: inout Int) -> Bool {
        while true {
            let start = at
            skipPlain(&at)
            move(from: start, to: at, end: &end)
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                at += 1
                return true
            }
            if byte == UInt8(ascii: "\\") {
                guard unescapeOne(&at, &end) else { return false }
            } else {
                let length = UTF8Check.length(of: byte, text[at + 1])
                guard length > 1 else { return false }
                for index in 2..<max(length, 2) where text[at + index] & 0xC0 != 0x80 { return false }
                at += length
                move(from: at - length, to: at, end: &end)
            }
        }
    }

    /// Up to the next byte that is a quote, a backslash, a control character or beyond ASCII. Eight at a time: what is behind the text
    /// is within the padding.
    @inline(__always)
    private func skipPlain(_ at: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        while true {
            let bytes = UInt64(littleEndian: UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self))
            let quote = bytes ^ 0x2222_2222_2222_2222
            let escape = bytes ^ 0x5C5C_5C5C_5C5C_5C5C
            // In each byte the top bit: it is beyond ASCII, or (below the first such byte without fail) below 0x20, 0x22 or 0x5C.
            let control = (bytes &- ones &* 0x20) & ~bytes
            let found = (bytes | control | ((quote &- ones) & ~quote) | ((escape &- ones) & ~escape)) & tops
            if found != 0 {
                at += found.trailingZeroBitCount >> 3
                return
            }
            at += 8
        }
    }

    @inline(__always)
    private func move(from start: Int, to stop: Int, end: inout Int) {
        if end != start, stop > start { memmove(text + end, text + start, stop - start) }
        end += stop - start
    }

    private func unescapeOne(_ at: inout Int, _ end: inout Int) -> Bool {
        let byte: UInt8
        switch text[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = text[at + 1]
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0C
        case UInt8(ascii: "n"): byte = 0x0A
        case UInt8(ascii: "r"): byte = 0x0D
        case UInt8(ascii: "t"): byte = 0x09
        case UInt8(ascii: "u"): return unescapeScalar(&at, &end)
        default: return false
        }
        text[end] = byte
        end += 1
        at += 2
        return true
    }

    /// `\uXXXX`, or two of them that are a surrogate pair; one that is not has no UTF-8.
    private func unescapeScalar(_ at: inout Int, _ end: inout Int) -> Bool {
        guard var scalar = hex(at + 2) else { return false }
        at += 6
        if scalar & 0xF800 == 0xD800 {
            guard scalar < 0xDC00, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u"), let low = hex(at + 2),
                low & 0xFC00 == 0xDC00
            else { return false }
            scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
            at += 6
        }
        append(scalar, &end)
        return true
    }

    /// Writes a scalar value as UTF-8.
    func append(_ scalar: UInt32, _ end: inout Int) {
        let last = UInt8(truncatingIfNeeded: scalar & 0x3F | 0x80)
        let third = UInt8(truncatingIfNeeded: scalar >> 6 & 0x3F | 0x80)
        let second = UInt8(truncatingIfNeeded: scalar >> 12 & 0x3F | 0x80)
        let start = text + end
        switch scalar {
        case 0..<0x80:
            start[0] = UInt8(truncatingIfNeeded: scalar)
            end += 1
        case 0x80..<0x800:
            start[0] = UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0)
            start[1] = last
            end += 2
        case 0x800..<0x10000:
            start[0] = UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0)
            start[1] = third
            start[2] = last
            end += 3
        default:
            start[0] = UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0)
            start[1] = second
            start[2] = third
            start[3] = last
            end += 4
        }
    }

    /// Four hexadecimal digits.
    private func hex(_ at: Int) -> UInt32? {
        var value: UInt32 = 0
        for index in at..<at + 4 {
            guard let digit = ASCII.hexValue(text[index]) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
