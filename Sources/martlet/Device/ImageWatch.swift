import Files
import JSON
import ModuleImages
import UV

/// Hears when the files of images change, come or go, also behind links: each link on the way is watched, and what it leads to.
///
/// Files arrive in pieces, and editors save in many steps: it tells once it is quiet.
final class ImageWatch {
    private let loop: Loop
    private let log: Log
    private let quiet: Timer
    private let changed: () -> Void
    private var images: [Text] = []
    /// The files and links to be heard of.
    private var places: [Text] = []
    private var watchers: [(folder: Text, watcher: FileWatcher?)] = []

    /// - Parameter changed: some image may have changed.
    init(_ loop: Loop, log: Log, changed: @escaping () -> Void) {
        self.loop = loop
        self.log = log
        self.changed = changed
        quiet = Timer(loop)
    }

    /// Watches these files and no others.
    func follow(_ images: [Text]) {
        self.images = []
        for image in images where !self.images.contains(image) { self.images.append(image) }
        lookForLinks()
    }

    /// Idempotent.
    func close() {
        quiet.stop()
        for (_, watcher) in watchers { watcher?.close() }
        watchers = []
    }

    private func lookForLinks() {
        places = images.flatMap { Files.trail($0.string).map { Text($0) } }
        var folders: [Text] = []
        for place in places {
            let folder = Text(Files.parent(place.string) ?? "/")
            if !folders.contains(folder) { folders.append(folder) }
        }
        for (folder, watcher) in watchers where !folders.contains(folder) { watcher?.close() }
        watchers.removeAll { !folders.contains($0.folder) }
        for folder in folders where !watchers.contains(where: { $0.folder == folder }) {
            watchers.append((folder, watch(folder)))
        }
    }

    private func watch(_ folder: Text) -> FileWatcher? {
        do throws(UVError) {
            return try FileWatcher(loop, path: folder.string) { [unowned(unsafe) self] name in
                // Modules work in the modules folder too: what they write there is no image.
                if let name, !places.contains(Text(Files.join(folder.string, name))) { return }
                // A little more than what an image must be quiet for, whose times are coarse.
                quiet.start(afterMs: ImageStore.quietMs + 20) { [unowned(unsafe) self] in
                    lookForLinks()
                    changed()
                }
            }
        } catch {
            log.warning("changes in \(folder) are not seen: \(error.message)")
            return nil
        }
    }
}
