import JSON

/// An image in the store: a verified copy that nobody writes to.
public struct ModuleImage: Hashable, Sendable {
    public let digest: ImageDigest
    /// The store's copy, `images/<digest>/0`; programs are run from it.
    public let path: String
}
