import JSON

// What a word is: a run of characters that may stand in names.
extension RouteTokenizer {
    func kind(of range: Range<Int>) -> RouteToken.Kind {
        let word = bytes[range]
        if RouteTokenizer.isNumber(word) { return .number }
        if word.first == UInt8(ascii: "$"), word.count > 1 { return .systemName }
        if word.contains(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "]") }) { return .queryPath }
        // The longest has nine letters.
        guard word.count <= 9 else { return .name }
        for (text, kind) in RouteTokenizer.exact where equal(word, text) { return kind }
        let small = word.map(ASCII.lowercased)[...]
        for (text, kind) in RouteTokenizer.anyCase where equal(small, text) { return kind }
        return .name
    }

    private static var exact: [(StaticString, RouteToken.Kind)] {
        [
            ("*", .symbol(.star)), ("+", .symbol(.plus)), ("-", .symbol(.minus)), ("%", .symbol(.percent)), ("||", .symbol(.join)),
            ("true", .word(.true)), ("false", .word(.false)), ("null", .word(.null)), ("undefined", .word(.undefined)),
        ]
    }

    private static var anyCase: [(StaticString, RouteToken.Kind)] {
        [
            ("select", .keyword(.select)), ("from", .keyword(.from)), ("where", .keyword(.where)), ("into", .keyword(.into)),
            ("and", .word(.and)), ("or", .word(.or)), ("not", .word(.not)),
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

    /// Whether it may stand in a name, or in the path of a query, which are names with `[` and `]`.
    static func isQueryPath(_ byte: UInt8) -> Bool {
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
