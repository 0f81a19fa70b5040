import CPOSIX
import Files
import TLS

/// Digests, copies and comparisons of whole files, in pieces of 64 KB.
enum FileDigest {
    private static let pieceBytes = 64 << 10

    /// - Parameter cancellation: ends it with ECANCELED.
    static func of(_ path: String, _ cancellation: Cancellation? = nil) throws(FileError) -> ImageDigest {
        let file = try OpenFile(path, .read)
        return try digesting(file, cancellation) { (_) throws(FileError) in }
    }

    /// Copies a file; the copy gets its name when it is complete. Returns the digest of what was copied.
    /// - Parameters:
    ///   - syncs: whether it is on the disk before it gets its name.
    ///   - cancellation: ends it with ECANCELED.
    static func copy(
        _ path: String, to destination: String, syncs: Bool, _ cancellation: Cancellation? = nil
    ) throws(FileError) -> ImageDigest {
        let unfinished = destination + ".part"
        try Files.remove(unfinished)
        let source = try OpenFile(path, .read)
        let digest: ImageDigest
        do throws(FileError) {
            let target = try OpenFile(unfinished, .create(permissions: 0o700))
            digest = try digesting(source, cancellation) { (piece) throws(FileError) in try target.write(piece) }
            if syncs { try target.sync() }
            try Files.rename(unfinished, to: destination)
            if syncs, let folder = Files.parent(destination) { try Files.syncFolder(folder) }
        } catch {
            try? Files.remove(unfinished)
            throw error
        }
        return digest
    }

    /// Whether two files have the same content; false where one is not there.
    static func isSame(_ path: String, _ other: String) throws(FileError) -> Bool {
        guard Files.exists(other), try Files.status(path).size == Files.status(other).size else { return false }
        let files = [try OpenFile(path, .read), try OpenFile(other, .read)]
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: pieceBytes, alignment: 16)
        defer { buffer.deallocate() }
        let half = pieceBytes / 2
        while true {
            let count = try files[0].read(into: UnsafeMutableRawBufferPointer(start: buffer, count: half))
            guard try files[1].read(into: UnsafeMutableRawBufferPointer(start: buffer + half, count: half)) == count else { return false }
            if count == 0 { return true }
            guard memcmp(buffer, buffer + half, count) == 0 else { return false }
        }
    }

    @inline(never)
    private static func digesting(
        _ file: OpenFile, _ cancellation: Cancellation?, _ each: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) -> ImageDigest {
        let hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceBytes, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            if cancellation?.isCancelled == true { throw FileError("read", file.path, code: ECANCELED) }
            let count = try file.read(into: buffer)
            if count == 0 { return ImageDigest(bytes: hash.finish()) }
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            hash.update(piece)
            try each(piece)
        }
    }
}

extension ImageDigest {
    /// Of a file as it is now; nil: it cannot be read.
    public init?(ofFile path: String) {
        guard let digest = try? FileDigest.of(path) else { return nil }
        self = digest
    }
}
