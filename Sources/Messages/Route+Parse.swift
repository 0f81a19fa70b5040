public import JSON

extension Route {
    /// Reads `[SELECT *] FROM source INTO sink`.
    ///
    /// ```
    /// source  ("/" item)+                             item is a name or *
    /// sink    $upstream  or  BrokeredEndpoint("/modules/{module}/inputs/{input}")
    /// ```
    /// Keywords and sinks in any case, comments in `/* */`, as IoT Edge's grammar. A condition is refused until it can be evaluated,
    /// and so is text after the sink, which IoT Edge ignores. `warn` gets what is valid and probably not meant.
    public static func parse(_ text: Text, warn: @escaping (RouteError) -> Void = { _ in }) throws(RouteError) -> Route {
        var parser = RouteParser(text, warn: warn)
        return try parser.route()
    }
}
