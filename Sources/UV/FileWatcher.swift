import CUV

/// Calls back when a file changes, or something in a folder (inotify; not what is in its subfolders).
///
/// The watch follows the file, not its name: editors that write a new file and rename it leave the watch on the old one. To
/// follow a name, watch its folder.
public final class FileWatcher {
    private let loop: Loop
    private let handle: Handle
    private var changed: ((_ name: String?) -> Void)?

    /// - Parameter changed: the name, without folder, of what was made, written, renamed, removed or given other rights; nil when
    ///   the system does not tell. One change may come as several calls.
    /// - Throws: ENOENT, EACCES, ENOSPC when the user has no inotify watches left, EMFILE.
    public init(_ loop: Loop, path: String, _ changed: @escaping (_ name: String?) -> Void) throws(UVError) {
        let handle = try Handle(UV_FS_EVENT, loop.raw) {
            uv_fs_event_init($0, $1.assumingMemoryBound(to: uv_fs_event_t.self))
        }
        self.loop = loop
        self.handle = handle
        self.changed = changed
        handle.setOwner(self)
        try UVError.check(
            uv_fs_event_start(
                handle.pointer(),
                { event, name, _, _ in
                    guard let watcher = Handle.owner(event?.pointee.data, as: FileWatcher.self) else { return }
                    watcher.changed?(name.map { String(cString: $0) })
                }, path, 0))
    }

    /// Idempotent.
    public func close() {
        changed = nil
        handle.close()
    }
}
