import Files

/// The right of one instance to run one image of the store. The image stays in the store as long as somebody has it.
///
/// Loading one file twice gives both instances the same static variables, so each instance in this process has a file of its own.
public final class ImageCopy {
    public let path: String
    /// nil: it runs elsewhere, and may share the file.
    private let slot: Int?
    private let entry: StoredImage?
    /// See `retire`.
    public private(set) var isRetired = false
    private var isOver = false

    /// Of its image; nil: the file is somebody else's.
    public var digest: ImageDigest? { entry?.image.digest }

    init(_ entry: StoredImage, slot: Int?, path: String) {
        self.entry = entry
        self.slot = slot
        self.path = path
        entry.holders += 1
        if let slot { entry.slots[slot].isTaken = true }
    }

    /// The instance has unloaded the library: another one may load the file. Idempotent.
    func giveBack() {
        guard !isOver else { return }
        isOver = true
        if let slot { entry?.slots[slot].isTaken = false }
    }

    /// A file of somebody else's right: of the host's, where the instance is on another thread or in a process of its own.
    public init(path: String) {
        entry = nil
        slot = nil
        self.path = path
    }

    /// The library did not leave memory when it was closed: nobody may load a file of this name again in this process. The file
    /// itself is removed, or each restart would leave one behind; slot 0 stays, as the store's own copy.
    func retire() {
        guard !isOver else { return }
        isOver = true
        isRetired = true
        if let slot, slot > 0 { try? Files.remove(path) }
    }

    /// The instance has closed the library: the file is for the next one, unless the library stayed.
    public func end(staysInMemory: Bool) {
        if staysInMemory { retire() } else { giveBack() }
    }

    deinit {
        giveBack()
        entry?.holders -= 1
    }
}
