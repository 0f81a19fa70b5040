import Files

/// The right of one instance to load one file of the store; given back when the instance has unloaded it.
///
/// Loading one file twice gives both instances the same static variables, so each loaded instance has a file of its own.
public final class ImageCopy {
    public let path: String
    let slot: Int
    private let store: ImageStore?
    private let digest: ImageDigest?
    /// See `retire`.
    public private(set) var isRetired = false

    init(store: ImageStore, image: ModuleImage, slot: Int, path: String) {
        self.store = store
        digest = image.digest
        self.slot = slot
        self.path = path
    }

    /// A file of somebody else's right: of the host's, where the instance is on another thread or in a process of its own.
    public init(path: String) {
        store = nil
        digest = nil
        slot = 0
        self.path = path
    }

    /// The library did not leave memory when it was closed: nobody may load a file of this name again in this process. The file
    /// itself is removed, or each restart would leave one behind; slot 0 stays, as the store's own copy.
    public func retire() {
        isRetired = true
        if slot > 0 { try? Files.remove(path) }
    }

    deinit {
        if !isRetired, let digest { store?.giveBack(slot, of: digest) }
    }
}
