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
        var folders = self.folders()
        // What comes before it is watched is seen by looking again.
        for _ in 0..<10 {
            for (folder, watcher) in watchers where !folders.contains(folder) { watcher?.close() }
            watchers.removeAll { !folders.contains($0.folder) }
            for folder in folders where !watchers.contains(where: { $0.folder == folder }) {
                watchers.append((folder, watch(folder)))
            }
            let now = self.folders()
            if now == folders { return }
            folders = now
        }
    }

    /// The folders to be watched, and in them the files, links and folders to be heard of: where a folder is not there, whether it comes.
    private func folders() -> [Text] {
        places = images.flatMap { Files.trail($0.string).map { Text($0) } }
        var folders: [Text] = []
        for index in places.indices {
            var folder = Files.parent(places[index].string) ?? "/"
            while !Files.exists(folder), let above = Files.parent(folder) {
                places.append(Text(folder))
                folder = above
            }
            if !folders.contains(Text(folder)) { folders.append(Text(folder)) }
        }
        return folders
    }

    private func watch(_ folder: Text) -> FileWatcher? {
        do throws(UVError) {
            return try FileWatcher(loop, path: folder.string) { [unowned(unsafe) self] name in heard(name, in: folder) }
        } catch {
            log.warning("changes in \(folder) are not seen: \(error.message)")
            return nil
        }
    }

    private func heard(_ name: String?, in folder: Text) {
        if let name, !places.contains(Text(Files.join(folder.string, name))) {
            // Modules work in the modules folder too: what they write there is no image. But of the folder itself its own name comes:
            // it was moved or removed, and another one may be in its place.
            guard Text(name) == Text(Files.name(folder.string)) else { return }
            watchers.removeAll { $0.folder == folder }
        }
        // A little more than what an image must be quiet for, whose times are coarse.
        quiet.start(afterMs: ImageStore.quietMs + 20) { [unowned(unsafe) self] in
            lookForLinks()
            changed()
        }
    }
}
