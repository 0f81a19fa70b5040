/// A route, read by recursive descent into a tree and evaluated by walking it: what the route language means, slow and simple, made of
/// the facts about IoT Edge and of the deviations in the article Routes alone.
public struct RouteModel {
    public enum Sink: Equatable {
        case upstream
        case module(String, input: String)
    }

    /// As written.
    public let source: String
    public let sink: Sink
    /// nil: there is none.
    public let condition: ExpressionModel?

    /// nil: it is not a route.
    public init?(_ text: String) {
        var parser = ParserModel(TokenModel.tokens(of: text))
        guard let route = parser.route() else { return nil }
        self = route
    }

    init(source: String, sink: Sink, condition: ExpressionModel?) {
        self.source = source
        self.sink = sink
        self.condition = condition
    }

    /// Whether the condition holds.
    public func matches(_ message: MessageModel) -> Bool {
        guard let condition else { return true }
        return condition.value(message) == .bool(true)
    }
}
