import JSON

/// A route with the token that is looked at, and how its faults are told.
struct RouteScanner {
    private var tokenizer: RouteTokenizer
    private(set) var token: RouteToken
    /// The end of the token before.
    private(set) var lastEnd = 0
    /// The comment that was skipped before the token and touches what stands before it.
    var touchingComment: Range<Int>? { tokenizer.touchingComment }
    let warn: (RouteError) -> Void

    init(_ text: Text, warn: @escaping (RouteError) -> Void) {
        tokenizer = RouteTokenizer(text)
        token = tokenizer.next()
        self.warn = warn
    }

    mutating func advance() {
        lastEnd = token.range.upperBound
        token = tokenizer.next()
    }

    func isAt(_ symbol: RouteToken.Symbol) -> Bool { token.kind == .symbol(symbol) }

    func isAt(_ keyword: RouteToken.Keyword) -> Bool { token.kind == .keyword(keyword) }

    /// The bytes of a part.
    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { tokenizer.bytes[range] }

    /// A part as it is written.
    func text(_ range: Range<Int>) -> Text { Text(utf8: tokenizer.bytes[range]) }

    /// A part in quotes, for messages.
    func quoted(_ range: Range<Int>) -> Text { text(range).quoted }

    /// Something is wrong at a byte.
    func error(at offset: Int, _ message: Text) -> RouteError { RouteError(at: offset, of: tokenizer.bytes, message) }

    /// Something is wrong with the token.
    func error(_ message: Text) -> RouteError { error(at: token.range.lowerBound, message) }

    /// The token is not what the language wants here.
    func unexpected(_ expected: Text) -> RouteError {
        switch token.kind {
        case .end: error("the route ends here; \(expected)")
        case .openString: error("this string has no closing quote")
        case .badEscape(let place): error(at: place, "no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits")
        case .halfCharacter(let place):
            error(at: place, "this is half of a character; write both halves, as \\uD83D\\uDE00, or the character itself")
        default: error("\(quoted(token.range)) is not expected here; \(expected)")
        }
    }

    /// What is allowed and probably not meant.
    func warn(at offset: Int, _ message: Text) { warn(error(at: offset, message)) }
}
