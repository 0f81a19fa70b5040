import CPOSIX

/// UTF-8 in memory, counted and ordered as the cloud does: by code units of UTF-16. Nothing is normalised.
enum UTF16Text {
    typealias Bytes = UnsafeBufferPointer<UInt8>

    /// Whether they hold the same.
    static func areEqual(_ left: Bytes, _ right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return memcmp(a, b, left.count) == 0
    }

    /// Below 0: the left one comes first; 0: they are equal.
    static func order(_ left: Bytes, _ right: Bytes) -> Int {
        let common = min(left.count, right.count)
        var place = 0
        while place < common, left[place] == right[place] { place += 1 }
        if place == common { return left.count - right.count }
        // Up to here they are alike: both bytes begin a character, or both go on with one of the same length.
        return rank(left[place]) - rank(right[place])
    }

    /// Characters beyond U+FFFF, which begin with 0xF0 to 0xF4, are surrogates in UTF-16: before U+E000, which begins with 0xEE.
    private static func rank(_ byte: UInt8) -> Int {
        let value = Int(byte)
        return value >= 0xF0 ? value - 2 : value >= 0xEE ? value + 5 : value
    }

    /// Code units of UTF-16.
    static func count(_ text: Bytes) -> Int {
        var units = 0
        for byte in text { units += self.units(of: byte) }
        return units
    }

    /// Code units that begin with a byte: none where it goes on with a character, two in surrogates.
    private static func units(of byte: UInt8) -> Int { byte & 0xC0 == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1 }

    /// The byte at which so many code units are over; nil: there are not so many, or a character is half over.
    static func offset(of units: Int, in text: Bytes) -> Int? {
        var left = units
        var place = 0
        while left > 0 {
            guard place < text.count else { return nil }
            left -= self.units(of: text[place])
            place += 1
            while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
        }
        return left == 0 ? place : nil
    }

    /// The byte at which one is found in the other for the first time; -1: it is not.
    static func find(_ part: Bytes, in text: Bytes) -> Int {
        guard let needle = part.baseAddress, !part.isEmpty else { return 0 }
        guard let base = text.baseAddress, let found = martlet_find(base, text.count, needle, part.count) else { return -1 }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }

    static func starts(_ text: Bytes, with part: Bytes) -> Bool {
        text.count >= part.count && areEqual(Bytes(rebasing: text[..<part.count]), part)
    }

    static func ends(_ text: Bytes, with part: Bytes) -> Bool {
        text.count >= part.count && areEqual(Bytes(rebasing: text[(text.count - part.count)...]), part)
    }

    /// The character that begins at a byte, and its bytes.
    static func scalar(at place: Int, of text: Bytes) -> (scalar: UInt32, length: Int) {
        let first = UInt32(text[place])
        func next(_ index: Int) -> UInt32 { place + index < text.count ? UInt32(text[place + index] & 0x3F) : 0 }
        if first < 0xE0 { return ((first & 0x1F) << 6 | next(1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | next(1) << 6 | next(2), 3) }
        return ((first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4)
    }

    /// The capital letter of a small one of ASCII.
    static func uppercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") ? byte & ~0x20 : byte
    }
}
