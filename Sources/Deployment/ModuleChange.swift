public import JSON

/// What becomes of one module when a new deployment is applied.
public struct ModuleChange: Sendable, Equatable {
    /// What has to be done.
    public enum Kind: Sendable, Equatable {
        case unchanged
        case added
        case removed
        /// Only status, restart policy, start order, version or signature differ: a running instance need not be restarted for it.
        case supervision
        /// Image, settings or environment differ: the instance restarts.
        case restart
    }

    public var name: Text
    public var kind: Kind

    public init(name: Text, kind: Kind) {
        self.name = name
        self.kind = kind
    }
}

extension ModuleChange.Kind {
    /// Compares the specifications of one module; `old` nil: there was none.
    public init(from old: ModuleSpecification?, to new: ModuleSpecification) {
        guard var old else {
            self = .added
            return
        }
        if old == new {
            self = .unchanged
            return
        }
        old.status = new.status
        old.restartPolicy = new.restartPolicy
        old.startupOrder = new.startupOrder
        old.version = new.version
        old.signature = new.signature
        self = old == new ? .supervision : .restart
    }
}
