import JSON

/// Cuts a route into tokens. White space and comments are skipped.
///
/// Two rules surprise: nearly every printable character may stand in a name, so `a-b` and `5*3` are one name each; and `/*` opens a
/// comment wherever a later `*/` closes it, inside a source too.
struct RouteTokenizer {
    let bytes: [UInt8]
    private var index = 0
    /// The comment that was skipped before the last token and touches what stands before it.
    private(set) var touchingComment: Range<Int>?
    /// From here on nothing closes a comment; keeps the search linear.
    private var commentsEnd: Int

    init(_ text: Text) {
        bytes = Array(text.utf8)
        commentsEnd = bytes.count
    }

    /// The next token; `.end` again and again at the end.
    mutating func next() -> RouteToken {
        skip()
        let start = index
        guard start < bytes.count else { return RouteToken(kind: .end, range: start..<start) }
        let string = quoted(at: start)
        let word = start + bytes[start...].prefix(while: RouteTokenizer.isQueryPath).count
        if let string, string.end >= word { return token(string.kind, to: string.end) }
        if word > start { return token(kind(of: start..<word), to: word) }
        switch bytes[start] {
        case UInt8(ascii: "/"): return token(.slash, to: start + 1)
        case UInt8(ascii: "("): return token(.openParenthesis, to: start + 1)
        case UInt8(ascii: ")"): return token(.closeParenthesis, to: start + 1)
        default: return token(.symbol, to: start + 1)
        }
    }

    private mutating func token(_ kind: RouteToken.Kind, to end: Int) -> RouteToken {
        let start = index
        index = end
        return RouteToken(kind: kind, range: start..<end)
    }

    private mutating func skip() {
        touchingComment = nil
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): index += 1
            case UInt8(ascii: "/"):
                guard let end = endOfComment(at: index) else { return }
                if index > 0, !RouteTokenizer.isSpace(bytes[index - 1]) { touchingComment = index..<end }
                index = end
            default: return
            }
        }
    }

    private mutating func endOfComment(at start: Int) -> Int? {
        guard start + 3 < bytes.count, bytes[start + 1] == UInt8(ascii: "*") else { return nil }
        var place = start + 2
        while place + 1 < commentsEnd {
            if bytes[place] == UInt8(ascii: "*"), bytes[place + 1] == UInt8(ascii: "/") { return place + 2 }
            place += 1
        }
        commentsEnd = start
        return nil
    }
}

// MARK: Strings

extension RouteTokenizer {
    /// A string in ' ' or " " that begins here; nil if none does.
    private func quoted(at start: Int) -> (kind: RouteToken.Kind, end: Int)? {
        let quote = bytes[start]
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
        var value: [UInt16] = []
        var plain: [UInt8] = []
        var place = start + 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == quote {
                value.append(contentsOf: String(decoding: plain, as: UTF8.self).utf16)
                return (.string(Text(String(decoding: value, as: UTF16.self))), place + 1)
            }
            guard byte == UInt8(ascii: "\\") else {
                plain.append(byte)
                place += 1
                continue
            }
            guard let escape = escape(at: place) else { return (.badEscape(at: place), place) }
            value.append(contentsOf: String(decoding: plain, as: UTF8.self).utf16)
            plain = []
            value.append(escape.unit)
            place = escape.end
        }
        return (.openString, bytes.count)
    }

    /// `\"`, `\'`, `\\` or `\uXXXX`.
    private func escape(at start: Int) -> (unit: UInt16, end: Int)? {
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return (UInt16(bytes[start + 1]), start + 2)
        case UInt8(ascii: "u"):
            guard start + 6 <= bytes.count else { return nil }
            var unit: UInt16 = 0
            for digit in bytes[start + 2..<start + 6] {
                guard let value = ASCII.hexValue(digit) else { return nil }
                unit = unit << 4 | UInt16(value)
            }
            return (unit, start + 6)
        default: return nil
        }
    }
}

// MARK: Words

extension RouteTokenizer {
    private func kind(of range: Range<Int>) -> RouteToken.Kind {
        let word = bytes[range]
        if RouteTokenizer.isNumber(word) { return .number }
        if word.first == UInt8(ascii: "$"), word.count > 1 { return .systemName }
        if word.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) { return .queryPath }
        if equal(word, "*") { return .star }
        for symbol: StaticString in ["+", "-", "%", "||"] where equal(word, symbol) { return .symbol }
        for literal: StaticString in ["true", "false", "null", "undefined"] where equal(word, literal) { return .reserved }
        let small = word.map(ASCII.lowercased)[...]
        for (keyword, kind) in RouteTokenizer.keywords where equal(small, keyword) { return kind }
        return .name
    }

    private static var keywords: [(StaticString, RouteToken.Kind)] {
        [
            ("select", .keyword(.select)), ("from", .keyword(.from)), ("where", .keyword(.where)), ("into", .keyword(.into)),
            ("and", .reserved), ("or", .reserved), ("not", .reserved),
        ]
    }

    private func equal(_ word: ArraySlice<UInt8>, _ literal: StaticString) -> Bool {
        literal.withUTF8Buffer { word.elementsEqual($0) }
    }

    /// An integer, `0x…`, or a fraction; `e2` and `5E-1` are fractions too.
    private static func isNumber(_ word: ArraySlice<UInt8>) -> Bool {
        let digits = word.dropFirst(word.first == UInt8(ascii: "-") ? 1 : 0)
        if word.count > 2, word.first == UInt8(ascii: "0"), word[word.startIndex + 1] | 0x20 == UInt8(ascii: "x") {
            return word.dropFirst(2).allSatisfy { ASCII.hexValue($0) != nil }
        }
        var rest = digits.drop(while: isDigit)
        if rest.isEmpty { return !digits.isEmpty }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard let next = rest.first, isDigit(next) else { return false }
            rest = rest.drop(while: isDigit)
            if rest.isEmpty { return true }
        }
        guard let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    private static func isQueryPath(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "?"),
            UInt8(ascii: "="), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"),
            UInt8(ascii: "\r"):
            false
        default: true
        }
    }
}
