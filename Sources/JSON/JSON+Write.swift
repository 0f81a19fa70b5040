import CJansson

extension JSON {
    /// Compact JSON text, UTF-8.
    ///
    /// Members keep their order. Integers are exact; a `number` has the fewest digits that read back as the same number, with `.0`
    /// if it is whole, and is `null` if it is infinite or not a number, which JSON cannot say.
    @inline(never)
    public func bytes() -> [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return bytes
    }

    /// As `bytes()`, for messages.
    public var text: String {
        @inline(never) get { String(decoding: bytes(), as: UTF8.self) }
    }

    /// Text for people: two spaces a level, a member or element a line, no line break at the end.
    public var pretty: String {
        var bytes: [UInt8] = []
        write(into: &bytes, indentation: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Appends what `bytes()` returns.
    public func write(into bytes: inout [UInt8]) {
        write(into: &bytes, indentation: nil)
    }

    private func write(into bytes: inout [UInt8], indentation: Int?) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): bytes.append(contentsOf: "\(value)".utf8)
        case .number(let value): JSON.write(value, into: &bytes)
        case .string(let value): JSON.write(value, into: &bytes)
        case .array(let elements):
            guard !elements.isEmpty else { return bytes.append(contentsOf: "[]".utf8) }
            var separator = UInt8(ascii: "[")
            for element in elements {
                bytes.append(separator)
                separator = UInt8(ascii: ",")
                JSON.breakLine(into: &bytes, indentation: indentation.map { $0 + 2 })
                element.write(into: &bytes, indentation: indentation.map { $0 + 2 })
            }
            JSON.breakLine(into: &bytes, indentation: indentation)
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            guard !object.isEmpty else { return bytes.append(contentsOf: "{}".utf8) }
            var separator = UInt8(ascii: "{")
            for member in object.members {
                bytes.append(separator)
                separator = UInt8(ascii: ",")
                JSON.breakLine(into: &bytes, indentation: indentation.map { $0 + 2 })
                JSON.write(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if indentation != nil { bytes.append(UInt8(ascii: " ")) }
                member.value.write(into: &bytes, indentation: indentation.map { $0 + 2 })
            }
            JSON.breakLine(into: &bytes, indentation: indentation)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func breakLine(into bytes: inout [UInt8], indentation: Int?) {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indentation))
    }

    private static func write(_ number: Double, into bytes: inout [UInt8]) {
        guard number.isFinite else { return bytes.append(contentsOf: "null".utf8) }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            let length = Int(martlet_double_text(number, buffer.baseAddress, buffer.count))
            var isWhole = true
            for character in buffer.prefix(length) {
                let byte = UInt8(bitPattern: character)
                if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "e") { isWhole = false }
                bytes.append(byte)
            }
            if isWhole { bytes.append(contentsOf: ".0".utf8) }
        }
    }

    /// Appends a string with its quotes; only what must be escaped is.
    static func write(_ text: Text, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        text.withBytes { source in
            var start = 0
            for index in source.indices {
                let byte = source[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                bytes.append(contentsOf: source[start..<index])
                start = index + 1
                bytes.append(UInt8(ascii: "\\"))
                switch byte {
                case 0x08: bytes.append(UInt8(ascii: "b"))
                case 0x09: bytes.append(UInt8(ascii: "t"))
                case 0x0A: bytes.append(UInt8(ascii: "n"))
                case 0x0C: bytes.append(UInt8(ascii: "f"))
                case 0x0D: bytes.append(UInt8(ascii: "r"))
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
                default:
                    bytes.append(contentsOf: "u00".utf8)
                    bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                    let digit = byte & 0x0F
                    bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
                }
            }
            bytes.append(contentsOf: source[start...])
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
