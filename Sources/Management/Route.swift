import HTTP
import JSON

/// One line of the table of routes: a method, a path, and what to do.
struct Route {
    enum Segment: Equatable {
        case literal(Text)
        /// Anything; it becomes the next of `RouteCall.names`.
        case name
    }

    let method: HTTPMethod
    let path: [Segment]
    let act: (RouteCall) -> Void

    /// - Parameter path: as in the documentation: `/modules/{name}/logs`.
    init(_ method: HTTPMethod, _ path: StaticString, _ act: @escaping (RouteCall) -> Void) {
        self.method = method
        self.act = act
        self.path = path.withUTF8Buffer { bytes in
            bytes.split(separator: UInt8(ascii: "/")).map { segment in
                segment.first == UInt8(ascii: "{") ? .name : .literal(Text(utf8: segment))
            }
        }
    }

    /// What stands in the places of names; nil where the path is another.
    func names(in path: [Text]) -> [Text]? {
        guard path.count == self.path.count else { return nil }
        var names: [Text] = []
        for (segment, text) in zip(self.path, path) {
            switch segment {
            case .literal(let literal): if literal != text { return nil }
            case .name: names.append(text)
            }
        }
        return names
    }
}
