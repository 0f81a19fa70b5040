import Files
import JSON

/// The digests of files that have not changed since they were read: a module that is restarted is not read again, which takes
/// 5 ms for each MB.
struct DigestCache {
    /// Files that are remembered: one for each image.
    static let limit = 1024

    /// What was read, and when.
    struct Entry: Sendable {
        let status: FileStatus
        let digest: ImageDigest
    }

    private var entries: [(path: Text, entry: Entry)] = []

    /// What is known of a file as it is now; nil: it has to be read.
    func known(_ path: String) -> Entry? {
        let name = Text(path)
        guard let entry = entries.first(where: { $0.path == name })?.entry, let status = try? Files.status(path) else { return nil }
        return status == entry.status ? entry : nil
    }

    /// Remembers what was read. A file that changed a moment before might have changed again without it showing.
    mutating func remember(_ path: String, _ entry: Entry) {
        let name = Text(path)
        entries.removeAll { $0.path == name }
        guard entry.status.isSettled else { return }
        if entries.count == Self.limit { entries.removeFirst() }
        entries.append((name, entry))
    }
}
