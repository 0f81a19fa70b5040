import Files
import JSON

/// The digests of files that have not changed since they were read: a module that is restarted is not read again, which takes
/// 5 ms for each MB.
struct DigestCache {
    /// Files that are remembered: one for each image.
    static let limit = 256

    private var entries: [(path: Text, status: FileStatus, digest: ImageDigest)] = []

    /// The digest of a file as it is now.
    /// - Parameter read: reads the whole file.
    mutating func digest(
        of path: String, reading read: (String) throws(FileError) -> ImageDigest = { (path) throws(FileError) in try FileDigest.of(path) }
    ) throws(FileError) -> ImageDigest {
        let name = Text(path)
        let status = try Files.status(path)
        if let known = entries.first(where: { $0.path == name && $0.status == status }) { return known.digest }
        let digest = try read(path)
        entries.removeAll { $0.path == name }
        if status.isSettled, try Files.status(path) == status {
            if entries.count == Self.limit { entries.removeFirst() }
            entries.append((name, status, digest))
        }
        return digest
    }
}
