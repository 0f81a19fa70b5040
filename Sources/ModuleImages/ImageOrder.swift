/// Which image an instance wants, and what must hold for it.
public struct ImageOrder: Sendable {
    /// Where it comes from.
    public enum Source: Sendable {
        /// A file: in the modules folder as a rule.
        case file(String)
        /// The store itself, which has it from an earlier order.
        case stored(ImageDigest)
    }

    public var source: Source
    public var kind: ImageFile.Kind
    /// `settings.digest` of the manifest.
    public var expected: ImageDigest?
    /// DER; nil: none.
    public var signature: [UInt8]?
    /// An image that is not taken, whatever the file is.
    public var refused: ImageDigest?
    /// Whether a file that changed a moment ago is left alone: somebody may go on writing to it.
    public var mustBeQuiet: Bool
    /// Whether it is loaded into this process, so that it needs a file of its own.
    public var isLoadedHere: Bool

    public init(
        _ source: Source, kind: ImageFile.Kind, expected: ImageDigest? = nil, signature: [UInt8]? = nil, refused: ImageDigest? = nil,
        mustBeQuiet: Bool = false, isLoadedHere: Bool = false
    ) {
        self.source = source
        self.kind = kind
        self.expected = expected
        self.signature = signature
        self.refused = refused
        self.mustBeQuiet = mustBeQuiet
        self.isLoadedHere = isLoadedHere
    }
}
