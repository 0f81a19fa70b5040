public import JSON

/// Whose images the host loads.
public struct ImageSigning: Sendable, Equatable {
    /// Where the public key is.
    public enum Key: Sendable, Equatable {
        /// The text itself, as PEM.
        case text(Text)
        /// The absolute path of a PEM file.
        case file(Text)
    }

    public var publicKey: Key
    /// Whether an image without a signature is refused; else only a wrong one is.
    public var isRequired: Bool

    public init(publicKey: Key, isRequired: Bool) {
        self.publicKey = publicKey
        self.isRequired = isRequired
    }
}
