public import JSON

extension Route {
    /// Bytes of the longest route.
    public static let maximumBytes = 16_384

    /// Reads `[SELECT *] FROM source [WHERE condition] INTO sink`.
    ///
    /// ```
    /// source  ("/" item)+                             item is a name or *
    /// sink    $upstream  or  BrokeredEndpoint("/modules/{module}/inputs/{input}")
    /// ```
    /// Keywords and sinks in any case, comments in `/* */`, as IoT Edge's grammar; see `Condition` for what may stand behind WHERE.
    /// Text after the sink, which IoT Edge ignores, is refused. `warn` gets what is valid and probably not meant.
    public static func parse(_ text: Text, warn: @escaping (RouteError) -> Void = { _ in }) throws(RouteError) -> Route {
        guard text.utf8.count <= maximumBytes else {
            throw RouteError(line: 1, column: 1, message: "the route has \(text.utf8.count) bytes; at most \(maximumBytes) are allowed")
        }
        var parser = RouteParser(text, warn: warn)
        return try parser.route()
    }
}
