import CPOSIX

extension FileError {
    /// The disk, or this user's share of it, is full.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }

    /// The code of what is there already.
    public static let exists: Int32 = EEXIST
}
