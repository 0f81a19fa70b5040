/// A place in a JSON text (RFC 8259), which only moves forward.
struct JSONScanner {
    let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The next byte; 0, which no JSON text holds, at the end.
    var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    /// Whether only white space follows.
    var isAtEnd: Bool {
        var rest = self
        rest.skipSpace()
        return rest.position == bytes.count
    }

    /// What begins here, judged by its first byte.
    var kind: JSONText.Kind? {
        switch next {
        case UInt8(ascii: "n"): .null
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "{"): .object
        default: nil
        }
    }

    mutating func skip() { position += 1 }

    mutating func skipSpace() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte, position < bytes.count else { return false }
        position += 1
        return true
    }

    mutating func take(literal: StaticString) -> Bool {
        let start = position
        for index in 0..<literal.utf8CodeUnitCount where !take(literal.utf8Start[index]) {
            position = start
            return false
        }
        return true
    }

    /// Moves past one value, and the space before it.
    mutating func skipValue(levels: Int = 32) -> Bool {
        skipSpace()
        switch kind {
        case .null: return take(literal: "null")
        case .bool: return take(literal: "true") || take(literal: "false")
        case .number: return readNumber() != nil
        case .string: return skipString()
        case .array: return skipMembers(levels, closing: UInt8(ascii: "]"), named: false)
        case .object: return skipMembers(levels, closing: UInt8(ascii: "}"), named: true)
        case nil: return false
        }
    }

    private mutating func skipMembers(_ levels: Int, closing: UInt8, named: Bool) -> Bool {
        guard levels > 0 else { return false }
        position += 1
        skipSpace()
        if take(closing) { return true }
        repeat {
            if named {
                skipSpace()
                guard skipString() else { return false }
                skipSpace()
                guard take(UInt8(ascii: ":")) else { return false }
            }
            guard skipValue(levels: levels - 1) else { return false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        return take(closing)
    }

    /// From the start of an object or array to the value of a member of it.
    mutating func enter(_ step: String) -> Bool {
        switch kind {
        case .object: return enterMember(step)
        case .array: return enterElement(step)
        default: return false
        }
    }

    private mutating func enterMember(_ name: String) -> Bool {
        let name = name.utf8Bytes
        position += 1
        repeat {
            skipSpace()
            guard let found = readString() else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { return false }
            skipSpace()
            if found.elementsEqual(name) { return true }
            guard skipValue() else { return false }
            skipSpace()
        } while take(UInt8(ascii: ","))
        return false
    }

    private mutating func enterElement(_ step: String) -> Bool {
        var digits = JSONScanner(step.utf8Bytes)
        guard let index = digits.readNumber()?.integer, digits.position == digits.bytes.count, index >= 0 else { return false }
        position += 1
        skipSpace()
        var current: Int64 = 0
        while current < index {
            guard skipValue() else { return false }
            skipSpace()
            guard take(UInt8(ascii: ",")) else { return false }
            current += 1
        }
        skipSpace()
        return kind != nil
    }
}
