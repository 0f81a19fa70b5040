import Files

/// The right of one instance to load one file of the store; given back when the instance has unloaded it.
///
/// Loading one file twice gives both instances the same static variables, so each loaded instance has a file of its own.
public final class ImageCopy {
    public let path: String
    public let image: ModuleImage
    let slot: Int
    private let store: ImageStore
    private var isRetired = false

    init(store: ImageStore, image: ModuleImage, slot: Int, path: String) {
        self.store = store
        self.image = image
        self.slot = slot
        self.path = path
    }

    /// The library did not leave memory when it was closed: nobody may load a file of this name again in this process. The file
    /// itself is removed, or each restart would leave one behind; slot 0 stays, as the store's own copy.
    public func retire() {
        isRetired = true
        if slot > 0 { try? Files.remove(path) }
    }

    deinit {
        if !isRetired { store.giveBack(slot, of: image.digest) }
    }
}
