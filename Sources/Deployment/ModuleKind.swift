public import JSON

/// What an image is and how it runs: the manifest's `type` with its settings.
public enum ModuleKind: Sendable, Equatable {
    /// A shared library with the module ABI of `martlet.h`.
    case library(isolation: Isolation)
    /// A program. `args` come after the program's own name.
    case executable(args: [Text], protocol: ExecutableProtocol)
    /// A plain C shared library bound by signature.
    case functions(isolation: Isolation, binding: LibraryBinding)

    /// The word of the manifest.
    public var type: ModuleType {
        switch self {
        case .library: .library
        case .executable: .executable
        case .functions: .functions
        }
    }
}
