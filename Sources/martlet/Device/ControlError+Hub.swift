import JSON
import Management
import ModuleLinks

extension ControlError {
    /// - Parameter ofTwin: a conflict is then one of etags.
    init(_ error: HubError, ofTwin: Bool = false) {
        let kind: Kind =
            switch error.kind {
            case .invalid: .invalid
            case .tooLarge: .tooLarge
            case .full: .full
            case .storage: .storage
            case .notFound: .notFound
            case .conflict: ofTwin ? .preconditionFailed : .conflict
            }
        self.init(kind, error.reason)
    }

    static func noModule(_ name: Text) -> ControlError {
        ControlError(.notFound, "there is no module \(name.quoted) in the manifest")
    }

    static func noTwin(_ module: Text?) -> ControlError {
        ControlError(.notFound, module.map { "there is no twin of module \($0.quoted)" } ?? "the device has no twin")
    }
}
