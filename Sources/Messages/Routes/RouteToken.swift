import JSON

/// One token of the route language, under the lexical rules of IoT Edge: the longest match wins, of equal ones the first below.
struct RouteToken: Equatable {
    enum Keyword: Equatable { case select, from, `where`, into }

    /// A word of conditions: `AND`, `OR`, `NOT` in any case; the others in small letters.
    enum Word: Equatable { case and, or, not, `true`, `false`, null, undefined }

    /// What is not made of letters.
    enum Symbol: Equatable {
        case openParenthesis, closeParenthesis, openBrace, closeBrace, comma, slash, star, percent, plus, minus, join
        case less, lessOrEqual, greater, greaterOrEqual, equal, notEqual, coalesce
        /// A character that the language does not use.
        case other
    }

    enum Kind: Equatable {
        case keyword(Keyword)
        /// Unescaped.
        case string(Text)
        /// A quote that does not close.
        case openString
        /// What follows a backslash in a string is no escape; the offset of the backslash.
        case badEscape(at: Int)
        /// `\uXXXX` that is half of a character, without the other half; its offset.
        case halfCharacter(at: Int)
        /// An integer, a fraction, or `0x` and hexadecimal digits.
        case number
        case word(Word)
        case symbol(Symbol)
        /// `$` with a name.
        case systemName
        case name
        /// A name with `[` or `]` in it.
        case queryPath
        case end
    }

    let kind: Kind
    /// Bytes of the text.
    let range: Range<Int>
}
