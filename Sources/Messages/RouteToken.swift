import JSON

/// One token of the route language, under the lexical rules of IoT Edge: the longest match wins, of equal ones the first below.
struct RouteToken: Equatable {
    enum Keyword: Equatable { case select, from, `where`, into }

    enum Kind: Equatable {
        case keyword(Keyword)
        /// Unescaped.
        case string(Text)
        /// A quote that does not close.
        case openString
        /// What follows a backslash in a string is no escape; the offset of the backslash.
        case badEscape(at: Int)
        case number
        /// A word of the condition language: AND, OR, NOT in any case; true, false, null, undefined in small letters.
        case reserved
        case slash
        case star
        case openParenthesis
        case closeParenthesis
        /// Any other operator of conditions.
        case symbol
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
