import CPOSIX

/// What is known of a file without reading it.
public struct FileStatus: Equatable, Sendable {
    public let size: Int
    public let isFolder: Bool
    public let isRegular: Bool
    /// Who may do what with it: 0o644, for example.
    public let permissions: UInt32
    /// With `inode` which file it is, whatever its name.
    public let device: UInt64
    public let inode: UInt64
    /// When content, name or rights changed last, on the clock of the file times, which nobody can set back.
    public let changedNanoseconds: Int64

    init(_ status: stat) {
        size = Int(clamping: status.st_size)
        let kind = status.st_mode & 0o170000
        isFolder = kind == 0o040000
        isRegular = kind == 0o100000
        permissions = UInt32(status.st_mode) & 0o7777
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        changedNanoseconds = Self.nanoseconds(status.st_ctim)
    }

    /// Whether the last change is some time ago. Only then does every later change show in the times, however coarse they are:
    /// an equal status then says that the content is the same.
    public var isSettled: Bool { isUnchanged(forMs: 2000) }

    /// Whether nothing changed for so long. A change in the future, of a clock that was wrong, is long ago.
    public func isUnchanged(forMs ms: Int64) -> Bool {
        var now = timespec()
        guard clock_gettime(CLOCK_REALTIME, &now) == 0 else { return false }
        return (Self.nanoseconds(now) &- changedNanoseconds).magnitude > UInt64(ms) * 1_000_000
    }

    /// Wraps after 2262: a damaged file system may have any time.
    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
