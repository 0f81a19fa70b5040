import CPOSIX
import Files
public import JSON

/// Why an image cannot be used.
public struct ImageError: Error, Equatable, Sendable {
    /// What can be done about it.
    public enum Kind: Sendable {
        /// There is no such file.
        case missing
        /// The file, its digest or its signature is wrong.
        case unusable
        /// It is the image that the order does not want.
        case refused
        /// Somebody is still writing to it.
        case busy
        /// The system refused something, and may not do so the next time.
        case system
    }

    /// Names the file, what is wrong with it and what would be right.
    public let reason: Text
    public let kind: Kind

    /// Only another file or another manifest helps.
    public var isLasting: Bool { kind != .system && kind != .busy }

    /// What is wrong with the file itself, unless a kind is given.
    public init(_ reason: Text, kind: Kind = .unusable) {
        self.reason = reason
        self.kind = kind
    }

    init(_ error: FileError) {
        let noRoom = error.code == ENOSPC || error.code == EDQUOT
        reason = noRoom ? "\(error.message); make room where the state folder is" : Text(error.message)
        kind = .system
    }
}
