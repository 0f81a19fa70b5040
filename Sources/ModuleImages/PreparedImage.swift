/// An image that is ready to run.
public struct PreparedImage {
    /// Held, so that it stays in the store.
    public let copy: ImageCopy
    public let digest: ImageDigest
    /// With which it was checked; nil: none.
    public let signature: [UInt8]?
}
