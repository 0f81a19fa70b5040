import CPOSIX

/// What is known of a file without reading it.
public struct FileStatus: Equatable, Sendable {
    public let size: Int
    public let isFolder: Bool
    public let isRegular: Bool
    public let isExecutable: Bool
    /// Identity and last change: equal before and after means that nobody wrote meanwhile.
    public let inode: UInt64
    public let modifiedNanoseconds: Int64

    init(_ status: stat) {
        size = Int(status.st_size)
        let kind = status.st_mode & 0o170000
        isFolder = kind == 0o040000
        isRegular = kind == 0o100000
        isExecutable = status.st_mode & 0o111 != 0
        inode = UInt64(status.st_ino)
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}
