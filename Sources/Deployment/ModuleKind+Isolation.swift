extension ModuleKind {
    /// Where its code runs; nil: an executable, which is a process in any case.
    public var isolation: Isolation? {
        switch self {
        case .library(let isolation), .functions(let isolation, _): isolation
        case .executable: nil
        }
    }
}
