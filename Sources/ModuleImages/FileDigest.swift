import Files
import TLS

/// Digests of whole files, read in pieces of 64 KB.
enum FileDigest {
    static func of(_ path: String) throws(FileError) -> ImageDigest {
        let file = try OpenFile(path, .read)
        return try digesting(file) { (_) throws(FileError) in }
    }

    /// Copies a file; the copy gets its name when it is complete and on the disk. Returns the digest of what was copied.
    static func copy(_ path: String, to destination: String) throws(FileError) -> ImageDigest {
        let unfinished = destination + ".part"
        try Files.remove(unfinished)
        let source = try OpenFile(path, .read)
        let digest: ImageDigest
        do throws(FileError) {
            let target = try OpenFile(unfinished, .create(permissions: 0o700))
            digest = try digesting(source) { (piece) throws(FileError) in try target.write(piece) }
            try target.sync()
            try Files.rename(unfinished, to: destination)
            if let folder = Files.parent(destination) { try Files.syncFolder(folder) }
        } catch {
            try? Files.remove(unfinished)
            throw error
        }
        return digest
    }

    private static func digesting(
        _ file: OpenFile, _ each: (UnsafeRawBufferPointer) throws(FileError) -> Void
    ) throws(FileError) -> ImageDigest {
        let hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
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
