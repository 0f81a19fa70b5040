import Deployment
import JSON

extension ModuleKind {
    /// `library, loop`
    ///
    /// - Parameter isolation: where its code runs now; nil: an executable.
    func summary(_ isolation: Isolation?) -> Text {
        if case .executable(_, let `protocol`) = self { return "\(type.word), \(`protocol`.word)" }
        return "\(type.word), \((isolation ?? .loop).word)"
    }
}
