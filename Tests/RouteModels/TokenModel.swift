/// A token of the route language: of all rules the one that takes most characters, of equals the first. Slow and simple: every rule is
/// tried at every place.
struct TokenModel: Equatable {
    enum Kind: CaseIterable {
        case select, from, `where`, into
        case string, openString
        case integer, hex, real
        case `true`, `false`, null, undefined
        case openParenthesis, closeParenthesis, comma, plus, minus, times, slash, percent
        case and, or, not
        case equal, unequal, different, lessOrEqual, greaterOrEqual, greater, less, concat, coalesce
        case systemName, name, queryPath
        case space, comment
        case openBrace, closeBrace
        case unknown
    }

    let kind: Kind
    /// As it stands in the text.
    let text: [UInt16]

    static func tokens(of text: String) -> [TokenModel] {
        var rest = Array(text.utf16)[...]
        var tokens: [TokenModel] = []
        while !rest.isEmpty {
            var best = (kind: Kind.unknown, count: 0)
            for kind in Kind.allCases {
                let count = length(kind, rest)
                if count > best.count { best = (kind, count) }
            }
            if best.kind != .space && best.kind != .comment {
                tokens.append(TokenModel(kind: best.kind, text: Array(rest.prefix(best.count))))
            }
            rest = rest.dropFirst(best.count)
        }
        return tokens
    }

    /// How many characters a rule takes here.
    private static func length(_ kind: Kind, _ rest: ArraySlice<UInt16>) -> Int {
        switch kind {
        case .select: word("select", rest)
        case .from: word("from", rest)
        case .where: word("where", rest)
        case .into: word("into", rest)
        case .and: word("and", rest)
        case .or: word("or", rest)
        case .not: word("not", rest)
        case .true: exactly("true", rest)
        case .false: exactly("false", rest)
        case .null: exactly("null", rest)
        case .undefined: exactly("undefined", rest)
        case .openParenthesis: exactly("(", rest)
        case .closeParenthesis: exactly(")", rest)
        case .openBrace: exactly("{", rest)
        case .closeBrace: exactly("}", rest)
        case .comma: exactly(",", rest)
        case .plus: exactly("+", rest)
        case .minus: exactly("-", rest)
        case .times: exactly("*", rest)
        case .slash: exactly("/", rest)
        case .percent: exactly("%", rest)
        case .equal: exactly("=", rest)
        case .unequal: exactly("!=", rest)
        case .different: exactly("<>", rest)
        case .lessOrEqual: exactly("<=", rest)
        case .greaterOrEqual: exactly(">=", rest)
        case .greater: exactly(">", rest)
        case .less: exactly("<", rest)
        case .concat: exactly("||", rest)
        case .coalesce: exactly("??", rest)
        case .string: string(rest)?.isClosed == true ? string(rest)?.count ?? 0 : 0
        case .openString: string(rest)?.isClosed == false ? string(rest)?.count ?? 0 : 0
        case .integer: integer(rest)
        case .hex: hex(rest)
        case .real: real(rest)
        case .systemName: rest.first == 0x24 && rest.dropFirst().first.map(isQueryPath) == true ? run(rest, isQueryPath) : 0
        case .name: run(rest) { isQueryPath($0) && $0 != 0x5B && $0 != 0x5D }
        case .queryPath: run(rest, isQueryPath)
        case .space: run(rest) { " \t\r\n".utf16.contains($0) }
        case .comment: comment(rest)
        case .unknown: 1
        }
    }

    private static func exactly(_ text: String, _ rest: ArraySlice<UInt16>) -> Int {
        rest.starts(with: text.utf16) ? text.utf16.count : 0
    }

    /// Letters of ASCII in any case.
    private static func word(_ text: String, _ rest: ArraySlice<UInt16>) -> Int {
        let start = rest.prefix(text.utf16.count).map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        return start == Array(text.utf16) ? text.utf16.count : 0
    }

    private static func run(_ rest: ArraySlice<UInt16>, _ isPart: (UInt16) -> Bool) -> Int { rest.prefix(while: isPart).count }

    private static func isQueryPath(_ unit: UInt16) -> Bool { !"()<>@,;:\\\"/?={} \t\n\r".utf16.contains(unit) }

    private static func isDigit(_ unit: UInt16) -> Bool { (0x30...0x39).contains(unit) }

    private static func isHexDigit(_ unit: UInt16) -> Bool { "0123456789abcdefABCDEF".utf16.contains(unit) }

    /// Up to its closing quote, or as far as it may be part of one.
    private static func string(_ rest: ArraySlice<UInt16>) -> (count: Int, isClosed: Bool)? {
        guard let quote = rest.first, quote == 0x22 || quote == 0x27 else { return nil }
        var inside = rest.dropFirst()
        while let unit = inside.first {
            if unit == quote { return (rest.count - inside.count + 1, true) }
            guard unit == 0x5C else {
                inside = inside.dropFirst()
                continue
            }
            let next = Array(inside.dropFirst().prefix(5))
            if next.first == 0x22 || next.first == 0x27 || next.first == 0x5C {
                inside = inside.dropFirst(2)
            } else if next.count == 5, next[0] == 0x75, next[1...].allSatisfy(isHexDigit) {
                inside = inside.dropFirst(6)
            } else {
                break
            }
        }
        return (rest.count - inside.count, false)
    }

    private static func integer(_ rest: ArraySlice<UInt16>) -> Int {
        let sign = exactly("-", rest)
        let digits = run(rest.dropFirst(sign), isDigit)
        return digits == 0 ? 0 : sign + digits
    }

    private static func hex(_ rest: ArraySlice<UInt16>) -> Int {
        guard word("0x", rest) == 2 else { return 0 }
        let digits = run(rest.dropFirst(2), isHexDigit)
        return digits == 0 ? 0 : 2 + digits
    }

    /// `-? digits* . digits+ exponent?`, or `-? digits* exponent`.
    private static func real(_ rest: ArraySlice<UInt16>) -> Int {
        let sign = exactly("-", rest)
        let whole = sign + run(rest.dropFirst(sign), isDigit)
        var count = 0
        if exactly(".", rest.dropFirst(whole)) == 1 {
            let digits = run(rest.dropFirst(whole + 1), isDigit)
            if digits > 0 { count = whole + 1 + digits }
        }
        let start = count > 0 ? count : whole
        guard word("e", rest.dropFirst(start)) == 1 else { return count }
        let isSigned = exactly("+", rest.dropFirst(start + 1)) + exactly("-", rest.dropFirst(start + 1))
        let digits = run(rest.dropFirst(start + 1 + isSigned), isDigit)
        return digits > 0 ? start + 1 + isSigned + digits : count
    }

    private static func comment(_ rest: ArraySlice<UInt16>) -> Int {
        guard exactly("/*", rest) == 2 else { return 0 }
        for end in rest.indices.dropFirst(2) where exactly("*/", rest[end...]) == 2 { return end + 2 - rest.startIndex }
        return 0
    }

    /// What a string says; nil: half of a character.
    var unescaped: [UInt16]? {
        var inside = text.dropFirst().dropLast()
        var units: [UInt16] = []
        while let unit = inside.popFirst() {
            guard unit == 0x5C, let letter = inside.popFirst() else {
                units.append(unit)
                continue
            }
            if letter == 0x75 {
                units.append(UInt16(String(decoding: inside.prefix(4), as: UTF16.self), radix: 16) ?? 0)
                inside = inside.dropFirst(4)
            } else {
                units.append(letter)
            }
        }
        return String(validating: units, as: UTF16.self) == nil ? nil : units
    }
}
