import Deployment
import JSON

extension ModuleKind {
    /// `library, loop`
    var summary: Text {
        switch self {
        case .library(let isolation), .functions(let isolation, _): "\(type.word), \(isolation.word)"
        case .executable(_, let `protocol`): "\(type.word), \(`protocol`.word)"
        }
    }
}
