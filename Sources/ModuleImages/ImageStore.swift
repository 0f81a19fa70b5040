import Files
import JSON
import TLS

/// The images that instances run, by digest, in the state folder: `images/<sha256>/0`, and `1`, `2`, … for further instances that
/// load the same library.
///
/// A file in the modules folder may be replaced, truncated or deleted at any time; what runs is always a copy that was complete,
/// verified and on the disk before it got its name.
public final class ImageStore {
    private let folder: String
    private let host: ELFHeader?
    private var taken: [(digest: ImageDigest, slot: Int)] = []
    private var digests = DigestCache()

    /// - Parameters:
    ///   - folder: made if it is not there.
    ///   - host: the header of the running program, to refuse images of other machines; nil refuses none.
    public init(folder: String, host: ELFHeader?) throws(ImageError) {
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
        } catch {
            throw ImageError(error)
        }
        self.folder = folder
        self.host = host
    }

    /// Takes the file at `path` into the store, unless its content is there already.
    ///
    /// - Parameter expected: `settings.digest` of the manifest.
    public func resolve(path: String, kind: ImageFile.Kind, expected: ImageDigest?) throws(ImageError) -> ModuleImage {
        let file = try ImageFile(path: path, kind: kind, host: host)
        let digest: ImageDigest
        let image: ModuleImage?
        do throws(FileError) {
            digest = try digests.digest(of: file.path)
            image = try expected == nil || expected == digest ? taking(file, digest: digest) : nil
        } catch {
            throw ImageError(error)
        }
        guard let image else {
            throw ImageError("image \(path) has the digest \(digest.text); the manifest asks for \(expected?.text ?? "")")
        }
        return image
    }

    /// The digest of a file as it is now; nil: it is missing, cannot be read or is of the wrong kind.
    public func digest(path: String, kind: ImageFile.Kind) -> ImageDigest? {
        guard let file = try? ImageFile(path: path, kind: kind, host: host) else { return nil }
        return try? digests.digest(of: file.path)
    }

    /// A file of its own to load for one instance: slot 0 is the store's copy itself.
    public func copy(of image: ModuleImage) throws(ImageError) -> ImageCopy {
        var slot = 0
        while taken.contains(where: { $0.slot == slot && $0.digest == image.digest }) { slot += 1 }
        let path = Files.join(Files.parent(image.path) ?? folder, slot.description)
        do throws(FileError) {
            // A copy from an earlier run is as good as new if it has the whole length: it was synced before it got its name.
            let size = try Files.status(image.path).size
            let found = Files.exists(path) ? try Files.status(path).size : nil
            if found != size { _ = try FileDigest.copy(image.path, to: path) }
        } catch {
            throw ImageError(error)
        }
        taken.append((image.digest, slot))
        return ImageCopy(store: self, image: image, slot: slot, path: path)
    }

    func giveBack(_ slot: Int, of digest: ImageDigest) {
        if let index = taken.firstIndex(where: { $0.slot == slot && $0.digest == digest }) { taken.remove(at: index) }
    }

    /// Removes every image that no instance uses. Errors leave a file behind for the next time.
    public func collect(keeping used: [ImageDigest]) {
        let kept = used.map { Text($0.hex) }
        guard let names = try? Files.names(in: folder) else { return }
        for name in names where !kept.contains(Text(name)) {
            let image = Files.join(folder, name)
            for slot in (try? Files.names(in: image)) ?? [] { try? Files.remove(Files.join(image, slot)) }
            try? Files.removeFolder(image)
        }
    }

    private func taking(_ file: ImageFile, digest: ImageDigest) throws(FileError) -> ModuleImage {
        let place = Files.join(folder, digest.hex)
        let image = ModuleImage(digest: digest, path: Files.join(place, "0"))
        if Files.exists(image.path) { return image }
        try Files.makeFolder(place, permissions: 0o700)
        let copied = try FileDigest.copy(file.path, to: image.path)
        guard copied == digest else {
            try Files.remove(image.path)
            // ETXTBSY says it best: somebody was writing to it.
            throw FileError("copy", file.path, code: 26)
        }
        return image
    }
}
