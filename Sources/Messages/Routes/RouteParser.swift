import JSON

/// `[SELECT *] FROM source [WHERE condition] INTO sink`; see `Route.parse`.
struct RouteParser {
    private var scanner: RouteScanner

    init(_ text: Text, warn: @escaping (RouteError) -> Void) {
        scanner = RouteScanner(text, warn: warn)
    }

    mutating func route() throws(RouteError) -> Route {
        if scanner.token.kind == .end { throw scanner.error("the route is empty; \(RouteParser.form)") }
        if scanner.isAt(.select) {
            scanner.advance()
            guard scanner.isAt(.star) else { throw scanner.unexpected("* is expected after SELECT: a route carries whole messages") }
            scanner.advance()
        }
        guard scanner.isAt(.from) else { throw scanner.unexpected(RouteParser.form) }
        scanner.advance()
        let source = try source()
        var condition: Condition?
        if scanner.isAt(.where) {
            scanner.advance()
            condition = try self.condition()
        }
        guard scanner.isAt(.into) else {
            throw scanner.unexpected(condition == nil ? "INTO is expected after the source" : "INTO is expected after the condition")
        }
        scanner.advance()
        let sink = try sink()
        if scanner.isAt(.where) { throw scanner.error("WHERE stands after the sink, where it would have no effect; write it before INTO") }
        guard scanner.token.kind == .end else { throw scanner.unexpected("nothing may follow the sink") }
        return Route(source: source, condition: condition, sink: sink)
    }

    /// `("/" item)+`, `item` a name or `*`.
    private mutating func source() throws(RouteError) -> RouteSource {
        let start = scanner.token.range.lowerBound
        guard scanner.isAt(.slash) else { throw scanner.unexpected("a source begins with /, as /messages/*") }
        var pattern: [UInt8] = []
        var inner: RouteToken?
        while scanner.isAt(.slash) {
            let slash = scanner.token.range
            scanner.advance()
            let token = scanner.token
            switch token.kind {
            case .name, .symbol(.star): break
            case .keyword where token.range.lowerBound > slash.upperBound:
                throw scanner.unexpected("a name or * is expected after /: a source does not end in /")
            case .number, .word, .keyword:
                let noun = token.kind == .number ? "a number" : "a word"
                throw scanner.error(
                    "\(scanner.quoted(token.range)) is not a name in a source: it is \(noun) of the route language; rename it, or select with *"
                )
            default: throw scanner.unexpected("a name or * is expected after /: a source does not end in /")
            }
            pattern.append(UInt8(ascii: "/"))
            pattern.append(contentsOf: scanner.bytes(token.range))
            if token.kind == .symbol(.star), inner == nil { inner = token }
            scanner.advance()
            if let comment = scanner.touchingComment { warnOfComment(comment) }
        }
        if let inner, pattern.last != UInt8(ascii: "*") {
            scanner.warn(at: inner.range.lowerBound, "this * is taken literally: only at the end of a source it stands for anything")
        }
        let source = RouteSource(Text(utf8: pattern))
        if !source.canMatch {
            scanner.warn(
                at: start,
                "\(Text(utf8: pattern).quoted) selects nothing; sources begin with /messages or /twinChangeNotifications, or are /*")
        }
        return source
    }

    /// What stands behind WHERE; nil if it is always true.
    private mutating func condition() throws(RouteError) -> Condition? {
        let start = scanner.token.range.lowerBound
        var parser = ConditionParser(scanner)
        let program = try parser.program()
        scanner = parser.scanner
        return program.map { Condition(text: scanner.text(start..<scanner.lastEnd), program: $0) }
    }

    /// `$upstream`, or `BrokeredEndpoint("/modules/{module}/inputs/{input}")`.
    private mutating func sink() throws(RouteError) -> RouteSink {
        let name = scanner.token
        switch name.kind {
        case .systemName:
            guard ASCII.equalIgnoringCase(scanner.text(name.range), "$upstream") else {
                throw scanner.error("\(scanner.quoted(name.range)) is not an end point; \(RouteParser.sinks)")
            }
            scanner.advance()
            return .upstream
        case .name:
            guard ASCII.equalIgnoringCase(scanner.text(name.range), "BrokeredEndpoint") else {
                throw scanner.error("\(scanner.quoted(name.range)) is not an end point; \(RouteParser.sinks)")
            }
        default: throw scanner.unexpected(RouteParser.sinks)
        }
        scanner.advance()
        guard scanner.isAt(.openParenthesis) else { throw scanner.unexpected("( is expected after BrokeredEndpoint") }
        scanner.advance()
        guard case .string(let path) = scanner.token.kind else {
            throw scanner.unexpected("a string is expected: \"/modules/{module}/inputs/{input}\"")
        }
        guard let sink = RouteSink(path: path) else {
            throw scanner.error("\(path.quoted) is not the path of an input; use \"/modules/{module}/inputs/{input}\"")
        }
        scanner.advance()
        guard scanner.isAt(.closeParenthesis) else { throw scanner.unexpected(") is expected after the path of the input") }
        scanner.advance()
        return sink
    }
}

// MARK: Messages

extension RouteParser {
    private static var form: Text { "a route is FROM source INTO sink" }
    private static var sinks: Text { "use $upstream or BrokeredEndpoint(\"/modules/{module}/inputs/{input}\")" }

    private func warnOfComment(_ comment: Range<Int>) {
        scanner.warn(
            at: comment.lowerBound, "\(scanner.quoted(comment)) is a comment: /* opens one where a later */ closes it")
    }
}
