import CPOSIX

extension FileError {
    /// The disk, or this user's share of it, is full.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT }
}
