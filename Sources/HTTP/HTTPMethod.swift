import CHTTPParser

/// The request methods that a route may have. Everything else is refused with 501.
public enum HTTPMethod: Sendable, Equatable {
    case get
    case head
    case put
    case post
    case patch
    case delete
    case options

    /// As it stands in the request line.
    public var name: StaticString {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .put: "PUT"
        case .post: "POST"
        case .patch: "PATCH"
        case .delete: "DELETE"
        case .options: "OPTIONS"
        }
    }

    /// From http-parser's number.
    init?(parserMethod number: UInt32) {
        switch number {
        case HTTP_GET.rawValue: self = .get
        case HTTP_HEAD.rawValue: self = .head
        case HTTP_PUT.rawValue: self = .put
        case HTTP_POST.rawValue: self = .post
        case HTTP_PATCH.rawValue: self = .patch
        case HTTP_DELETE.rawValue: self = .delete
        case HTTP_OPTIONS.rawValue: self = .options
        default: return nil
        }
    }
}
