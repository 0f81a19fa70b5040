import JSON
import Management
import ModuleLinks

extension ControlError {
    /// - Parameter ofVersion: a conflict is then one of etags or versions.
    init(_ error: HubError, ofVersion: Bool = false) {
        let kind: Kind =
            switch error.kind {
            case .invalid: .invalid
            case .tooLarge: .tooLarge
            case .full: .full
            case .storage: .storage
            case .notFound: .notFound
            case .conflict: ofVersion ? .preconditionFailed : .conflict
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
