import ModuleLinks
import ModuleTwins

extension HubError {
    /// Why a twin update was refused.
    init(_ error: TwinError) {
        let kind: Kind =
            switch error.kind {
            case .invalid: .invalid
            case .tooLarge: .tooLarge
            case .conflict: .conflict
            }
        self.init(kind, error.reason)
    }
}
