import JSON
import Messages
import RouteModels

extension FuzzTarget {
    /// A route as text: product and model agree whether it is one, and where it leads; an error has a place in the text.
    static let route = FuzzTarget(name: "route") { bytes in
        let text = Text(utf8: bytes)
        var warnings: [RouteError] = []
        let model = RouteModel(text.string)
        do throws(RouteError) {
            let route = try Route.parse(text) { warnings.append($0) }
            guard let model else { return "taken, and it is no route" }
            guard route.condition == nil || model.condition != nil else { return "it has no condition" }
            guard route.source.pattern == Text(model.source) else { return "the source is \(route.source.pattern)" }
            switch (route.sink, model.sink) {
            case (.upstream, .upstream): break
            case (.module(let name, let input), .module(let modelName, let modelInput)):
                guard name == Text(modelName), input == Text(modelInput) else { return "the sink is \(name) \(input)" }
            default: return "other sinks"
            }
            guard try Route.parse(text) == route else { return "read again, it is another" }
        } catch {
            if model != nil && !LimitModel.isOver(text.string) { return "refused, and it is a route: \(error)" }
            warnings.append(error)
        }
        return warnings.first { !isPlace($0, text) }.map { "no place of the text: \($0)" }
    }

    private static func isPlace(_ error: RouteError, _ text: Text) -> Bool {
        let lines = text.string.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.indices.contains(error.line - 1) && (1...lines[error.line - 1].count + 1).contains(error.column)
            && !error.message.isEmpty && error.message.utf8.count < 1000
    }
}
