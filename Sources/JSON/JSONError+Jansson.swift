import CJansson

extension JSONError {
    /// jansson's error in plain words. jansson says where it stopped reading, which is behind the token that it did not like; people
    /// look for where that token begins.
    init(_ error: json_error_t, in bytes: UnsafeRawBufferPointer) {
        var error = error
        let code = json_error_code(&error)
        let text = Text(String(cString: martlet_json_error_text(&error)))
        let stopped = max(0, min(Int(error.position), bytes.count))
        let token = JSONToken(endingAt: stopped, of: bytes)
        let quoted = token.text(of: bytes)

        switch code {
        case json_error_stack_overflow:
            self.init(tooDeepIn: bytes)
        case json_error_out_of_memory:
            self.init(at: stopped, of: bytes, "out of memory")
        case json_error_duplicate_key:
            self.init(at: token.start, of: bytes, "the key \(quoted) comes twice in one object: keys must differ")
        case json_error_null_byte_in_key:
            self.init(at: token.start, of: bytes, "a key must not hold the character \\u0000")
        case json_error_numeric_overflow:
            let range =
                token.isFraction(of: bytes)
                ? "numbers lie within ±1.79e308" : "integers lie within -9223372036854775808 and 9223372036854775807"
            self.init(at: token.start, of: bytes, "the number \(quoted) is out of range: \(range)")
        case json_error_invalid_utf8:
            self.init(at: UTF8Check.firstFault(in: bytes) ?? stopped, of: bytes, "not valid UTF-8: JSON text is UTF-8")
        case json_error_premature_end_of_input where token.start < bytes.count && bytes[token.start] == 0:
            self.init(at: token.start, of: bytes, JSONError.zero)
        case json_error_premature_end_of_input:
            self.init(at: bytes.count, of: bytes, "the text ends in the middle of a value")
        case json_error_end_of_input_expected:
            self.init(at: token.start, of: bytes, "nothing may follow the value, but \(quoted) does")
        default:
            if text.hasPrefix("control character") || text.hasPrefix("unexpected newline") {
                self.init(at: stopped, of: bytes, "a line break or control character in a string: write it as \\n, \\t or \\u00XX")
            } else if text.hasPrefix("invalid escape") {
                let escape = bytes[..<stopped].lastIndex(of: UInt8(ascii: "\\")) ?? stopped
                self.init(at: escape, of: bytes, "no such escape: after \\ comes one of \" \\ / b f n r t or u and four hexadecimal digits")
            } else if text.hasPrefix("invalid Unicode") {
                self.init(
                    at: token.start, of: bytes,
                    "\\u in \(quoted) names no character: it takes four hexadecimal digits, surrogates come in pairs")
            } else {
                self.init(at: token.start, of: bytes, JSONError.syntax(text, token, bytes))
            }
        }
    }

    static var zero: String { "a NUL byte between values: remove it" }

    /// The first bracket beyond the maximum depth.
    init(tooDeepIn bytes: UnsafeRawBufferPointer) {
        var depth = 0
        var place = 0
        var token = JSONToken(from: 0, of: bytes)
        while token.start < bytes.count {
            switch bytes[token.start] {
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            place = token.start
            if depth > JSON.maximumDepth { break }
            token = JSONToken(from: token.end, of: bytes)
        }
        self.init(at: place, of: bytes, "nested too deeply: at most \(JSON.maximumDepth) arrays and objects inside each other")
    }

    private static func syntax(_ text: Text, _ token: JSONToken, _ bytes: UnsafeRawBufferPointer) -> String {
        guard token.start < bytes.count else { return "the text ends where more is expected" }
        let quoted = token.text(of: bytes)
        let first = bytes[token.start]
        if first == UInt8(ascii: "]") || first == UInt8(ascii: "}"), token.previous == UInt8(ascii: ",") {
            return "a comma before \(quoted): remove it"
        }
        if first == UInt8(ascii: "/") || first == UInt8(ascii: "#") { return "JSON has no comments" }
        if first == UInt8(ascii: "'") { return "strings stand in double quotes, not in ' '" }
        if first == 0xEF, token.start == 0 { return "a byte order mark at the beginning: remove it" }
        if text.hasPrefix("string or '}' expected") { return "a key in double quotes or '}' is expected, not \(quoted)" }
        if text.hasPrefix("':' expected") { return "':' is expected after the key, not \(quoted)" }
        if text.hasPrefix("'}' expected") { return "',' or '}' is expected, not \(quoted)" }
        if text.hasPrefix("']' expected") { return "',' or ']' is expected, not \(quoted)" }
        return "a value is expected, not \(quoted)"
    }
}
