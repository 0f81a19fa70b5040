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
        let (symbol, end) = symbol(at: start)
        if word >= end { return token(kind(of: start..<word), to: word) }
        return token(.symbol(symbol), to: end)
    }

    private mutating func token(_ kind: RouteToken.Kind, to end: Int) -> RouteToken {
        let start = index
        index = end
        return RouteToken(kind: kind, range: start..<end)
    }

    /// The symbol of characters that do not stand in names, `!=` excepted; anything else is one character of its own.
    private func symbol(at start: Int) -> (symbol: RouteToken.Symbol, end: Int) {
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        let isEqual = next == UInt8(ascii: "=")
        switch bytes[start] {
        case UInt8(ascii: "("): return (.openParenthesis, start + 1)
        case UInt8(ascii: ")"): return (.closeParenthesis, start + 1)
        case UInt8(ascii: "{"): return (.openBrace, start + 1)
        case UInt8(ascii: "}"): return (.closeBrace, start + 1)
        case UInt8(ascii: ","): return (.comma, start + 1)
        case UInt8(ascii: "/"): return (.slash, start + 1)
        case UInt8(ascii: "="): return (.equal, start + 1)
        case UInt8(ascii: "!") where isEqual: return (.notEqual, start + 2)
        case UInt8(ascii: "<") where isEqual: return (.lessOrEqual, start + 2)
        case UInt8(ascii: "<") where next == UInt8(ascii: ">"): return (.notEqual, start + 2)
        case UInt8(ascii: "<"): return (.less, start + 1)
        case UInt8(ascii: ">") where isEqual: return (.greaterOrEqual, start + 2)
        case UInt8(ascii: ">"): return (.greater, start + 1)
        case UInt8(ascii: "?") where next == UInt8(ascii: "?"): return (.coalesce, start + 2)
        default: return (.other, start + 1)
        }
    }

    private mutating func skip() {
        touchingComment = nil
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): index += 1
            case UInt8(ascii: "/"):
                guard let end = endOfComment(at: index) else { return }
                if index > 0, !ASCII.isWhiteSpace(bytes[index - 1]) { touchingComment = index..<end }
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
        var value: [UInt8] = []
        var place = start + 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == quote { return (.string(Text(utf8: value)), place + 1) }
            guard byte == UInt8(ascii: "\\") else {
                value.append(byte)
                place += 1
                continue
            }
            guard let escape = escape(at: place) else { return (.badEscape(at: place), place) }
            guard let scalar = Unicode.Scalar(escape.value), let utf8 = UTF8.encode(scalar) else {
                return (.halfCharacter(at: place), place)
            }
            value.append(contentsOf: utf8)
            place = escape.end
        }
        return (.openString, bytes.count)
    }

    /// `\"`, `\'`, `\\` or `\uXXXX`, of which two may be a surrogate pair; one that is not is a value of its own.
    private func escape(at start: Int) -> (value: UInt32, end: Int)? {
        guard start + 1 < bytes.count else { return nil }
        switch bytes[start + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"): return (UInt32(bytes[start + 1]), start + 2)
        case UInt8(ascii: "u"):
            guard let unit = unit(at: start) else { return nil }
            guard unit & 0xFC00 == 0xD800, let low = self.unit(at: start + 6), low & 0xFC00 == 0xDC00 else { return (unit, start + 6) }
            return (0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF, start + 12)
        default: return nil
        }
    }

    /// `\uXXXX`
    private func unit(at start: Int) -> UInt32? {
        guard start + 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"), bytes[start + 1] == UInt8(ascii: "u") else { return nil }
        var unit: UInt32 = 0
        for digit in bytes[start + 2..<start + 6] {
            guard let value = ASCII.hexValue(digit) else { return nil }
            unit = unit << 4 | UInt32(value)
        }
        return unit
    }
}
