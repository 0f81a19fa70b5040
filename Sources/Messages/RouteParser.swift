import JSON

/// `[SELECT *] FROM source INTO sink`; see `Route.parse`.
struct RouteParser {
    private var tokenizer: RouteTokenizer
    private var token: RouteToken
    private let warn: (RouteError) -> Void

    init(_ text: Text, warn: @escaping (RouteError) -> Void) {
        tokenizer = RouteTokenizer(text)
        token = tokenizer.next()
        self.warn = warn
    }

    mutating func route() throws(RouteError) -> Route {
        if token.kind == .end { throw error("the route is empty; \(RouteParser.form)") }
        if token.kind == .keyword(.select) {
            advance()
            guard token.kind == .star else { throw unexpected("* is expected after SELECT: a route carries whole messages") }
            advance()
        }
        guard token.kind == .keyword(.from) else { throw unexpected(RouteParser.form) }
        advance()
        let source = try source()
        if token.kind == .keyword(.where) {
            throw error("conditions (WHERE) are not yet supported: remove the condition, or let the module decide what it sends")
        }
        guard token.kind == .keyword(.into) else { throw unexpected("INTO is expected after the source") }
        advance()
        let sink = try sink()
        if token.kind == .keyword(.where) {
            throw error("WHERE stands after the sink, where it would have no effect; conditions come before INTO and are not yet supported")
        }
        guard token.kind == .end else { throw unexpected("nothing may follow the sink") }
        return Route(source: source, sink: sink)
    }

    /// `("/" item)+`, `item` a name or `*`.
    private mutating func source() throws(RouteError) -> RouteSource {
        let start = token.range.lowerBound
        guard token.kind == .slash else { throw unexpected("a source begins with /, as /messages/*") }
        var pattern: [UInt8] = []
        var inner: RouteToken?
        while token.kind == .slash {
            advance()
            switch token.kind {
            case .name, .star: break
            case .number, .reserved, .keyword:
                throw error(
                    "\(quoted(token)) is not a name in a source: it is \(RouteParser.noun(token.kind)) of the route language; rename it, or select with *"
                )
            default: throw unexpected("a name or * is expected after /: a source does not end in /")
            }
            pattern.append(UInt8(ascii: "/"))
            pattern.append(contentsOf: tokenizer.bytes[token.range])
            if token.kind == .star, inner == nil { inner = token }
            advance()
            if let comment = tokenizer.touchingComment { warnOfComment(comment) }
        }
        if let inner, pattern.last != UInt8(ascii: "*") {
            warn(
                RouteError(
                    at: inner.range.lowerBound, of: tokenizer.bytes,
                    "this * is taken literally: only at the end of a source it stands for anything"))
        }
        let source = RouteSource(Text(utf8: pattern))
        if !source.canMatch {
            warn(
                RouteError(
                    at: start, of: tokenizer.bytes,
                    "\(Text(utf8: pattern).quoted) selects nothing; sources begin with /messages or /twinChangeNotifications, or are /*"))
        }
        return source
    }

    /// `$upstream`, or `BrokeredEndpoint("/modules/{module}/inputs/{input}")`.
    private mutating func sink() throws(RouteError) -> RouteSink {
        let name = token
        switch name.kind {
        case .systemName:
            guard ASCII.equalIgnoringCase(text(name), "$upstream") else {
                throw error("\(quoted(name)) is not an end point; \(RouteParser.sinks)")
            }
            advance()
            return .upstream
        case .name:
            guard ASCII.equalIgnoringCase(text(name), "BrokeredEndpoint") else {
                throw error("\(quoted(name)) is not an end point; \(RouteParser.sinks)")
            }
        default: throw unexpected(RouteParser.sinks)
        }
        advance()
        guard token.kind == .openParenthesis else { throw unexpected("( is expected after BrokeredEndpoint") }
        advance()
        guard case .string(let path) = token.kind else { throw unexpected("a string is expected: \"/modules/{module}/inputs/{input}\"") }
        guard let sink = RouteSink(path: path) else {
            throw error("\(path.quoted) is not the path of an input; use \"/modules/{module}/inputs/{input}\"")
        }
        advance()
        guard token.kind == .closeParenthesis else { throw unexpected(") is expected after the path of the input") }
        advance()
        return sink
    }
}

// MARK: Tokens and messages

extension RouteParser {
    private static var form: Text { "a route is FROM source INTO sink" }
    private static var sinks: Text { "use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")" }

    private mutating func advance() { token = tokenizer.next() }

    private func text(_ token: RouteToken) -> Text { Text(utf8: tokenizer.bytes[token.range]) }

    private func quoted(_ token: RouteToken) -> Text { text(token).quoted }

    private func error(_ message: Text) -> RouteError {
        RouteError(at: token.range.lowerBound, of: tokenizer.bytes, message)
    }

    /// The current token is not what the language wants here.
    private func unexpected(_ expected: Text) -> RouteError {
        switch token.kind {
        case .end: error("the route ends here; \(expected)")
        case .openString: error("this string has no closing quote")
        case .badEscape(let place):
            RouteError(at: place, of: tokenizer.bytes, "no such escape; after \\ comes \\, \", ' or u and four hexadecimal digits")
        default: error("\(quoted(token)) is not expected here; \(expected)")
        }
    }

    private func warnOfComment(_ comment: Range<Int>) {
        let hidden = Text(utf8: tokenizer.bytes[comment]).quoted
        warn(RouteError(at: comment.lowerBound, of: tokenizer.bytes, "\(hidden) is a comment: /* opens one where a later */ closes it"))
    }

    private static func noun(_ kind: RouteToken.Kind) -> Text {
        kind == .number ? "a number" : "a word"
    }
}
