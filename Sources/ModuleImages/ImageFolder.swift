import CPOSIX
import Files
import JSON

/// The work on the store's files: `images/<sha256>/0`, and `1`, `2`, … for further instances that load the same library. It remembers
/// nothing and may be done on any thread, one piece after the other.
struct ImageFolder: Sendable {
    let path: String
    /// The header of the running program, to refuse images of other machines; nil refuses none.
    let host: ELFHeader?
    let signing: SigningRule
    /// Of all work: the host ends.
    let cancellation = Cancellation()

    /// What became of an order.
    struct Brought: Sendable {
        let image: ModuleImage
        /// The reading of the file; nil: it came from the store.
        var source: DigestCache.Entry?
        /// Of the store's copy, which is as it should be.
        let status: FileStatus
        /// The store had a copy that was not what its name says.
        var wasDamaged = false
    }

    /// The place of an image, whether it is there or not.
    func image(_ digest: ImageDigest) -> ModuleImage {
        ModuleImage(digest: digest, path: Files.join(Files.join(path, digest.hex), "0"))
    }

    /// Makes sure that the store has the image, unharmed.
    /// - Parameter known: an earlier reading of the file.
    func bring(_ order: ImageOrder, known: DigestCache.Entry?) throws(ImageError) -> Brought {
        switch order.source {
        case .stored(let digest): return try stored(digest, order)
        case .file(let path):
            let file = try ImageFile(path: path, kind: order.kind, host: host)
            if order.mustBeQuiet, !file.status.isUnchanged(forMs: Int64(ImageStore.quietMs)) { throw ImageFile.isBeingWritten(path) }
            let digest = try read(file, known)
            try check(digest, order, path)
            return try system { () throws(FileError) in try taking(file, digest) }
        }
    }

    /// Makes the file of one more instance, unless what is there is good. It is compared before its first use in every run of the host,
    /// so it needs not be on the disk.
    func makeSlot(_ image: ModuleImage, at path: String) throws(ImageError) -> FileStatus {
        try system { () throws(FileError) in
            if try !FileDigest.isSame(image.path, path) { _ = try FileDigest.copy(image.path, to: path, syncs: false, cancellation) }
            return try Files.status(path)
        }
    }

    /// Removes everything but these images, and of them all files but the first and these slots. What cannot be removed stays for the
    /// next time.
    func clean(keeping kept: [(digest: ImageDigest, slots: [Int])]) {
        guard let names = try? Files.names(in: path) else { return }
        for name in names {
            let folder = Files.join(path, name)
            let slots = kept.first { Text($0.digest.hex) == Text(name) }?.slots
            let files = slots.map { ($0 + [0]).map { Text($0.description) } } ?? []
            for file in (try? Files.names(in: folder)) ?? [] where !files.contains(Text(file)) {
                try? Files.remove(Files.join(folder, file))
            }
            guard slots == nil else { continue }
            // Whichever it is.
            try? Files.removeFolder(folder)
            try? Files.remove(folder)
        }
    }

    // MARK: - Steps

    private func read(_ file: ImageFile, _ known: DigestCache.Entry?) throws(ImageError) -> ImageDigest {
        if let known, known.status == file.status { return known.digest }
        let digest = try system { () throws(FileError) in try FileDigest.of(file.path, cancellation) }
        guard (try? Files.status(file.path)) == file.status else { throw ImageFile.isBeingWritten(file.path) }
        return digest
    }

    /// What must hold for a digest.
    private func check(_ digest: ImageDigest, _ order: ImageOrder, _ path: String) throws(ImageError) {
        if digest == order.refused { throw Self.isRefused(digest, path) }
        if let expected = order.expected, expected != digest {
            throw ImageError("image \(path) has the digest \(digest.text); the manifest asks for \(expected.text)")
        }
        try signing.check(digest, signature: order.signature, path: path)
    }

    static func isRefused(_ digest: ImageDigest, _ path: String) -> ImageError {
        ImageError("image \(path) is still the refused \(digest.text)", kind: .refused)
    }

    private func taking(_ file: ImageFile, _ digest: ImageDigest) throws(FileError) -> Brought {
        let image = image(digest)
        let source = DigestCache.Entry(status: file.status, digest: digest)
        let wasThere = Files.exists(image.path)
        // Comparing takes a fraction of what reading a digest does.
        if try FileDigest.isSame(file.path, image.path) {
            return Brought(image: image, source: source, status: try Files.status(image.path))
        }
        let folder = Files.parent(image.path) ?? path
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
            // A new file under the old name: who runs the old one keeps it.
            guard try FileDigest.copy(file.path, to: image.path, syncs: true, cancellation) == digest else {
                try Files.remove(image.path)
                // Somebody was writing to it.
                throw FileError("copy", file.path, code: ETXTBSY)
            }
            return Brought(image: image, source: source, status: try Files.status(image.path), wasDamaged: wasThere)
        } catch {
            try? Files.removeFolder(folder)
            throw error
        }
    }

    private func stored(_ digest: ImageDigest, _ order: ImageOrder) throws(ImageError) -> Brought {
        let image = image(digest)
        guard Files.exists(image.path) else { throw ImageError("the store does not have image \(digest.text)", kind: .missing) }
        let file = try ImageFile(path: image.path, kind: order.kind, host: host)
        guard try read(file, nil) == digest else { throw ImageError("the store's copy of image \(digest.text) is damaged") }
        try check(digest, order, image.path)
        return Brought(image: image, status: file.status)
    }

    private func system<Value>(_ body: () throws(FileError) -> Value) throws(ImageError) -> Value {
        do throws(FileError) {
            return try body()
        } catch {
            throw ImageError(error)
        }
    }
}
