import Files
import JSON

/// Why an image cannot be used.
public struct ImageError: Error, Equatable, Sendable {
    /// Names the file, what is wrong with it and what would be right.
    public let reason: Text
    /// Only another file or another manifest helps; else the system refused something, and may not do so the next time.
    public let isLasting: Bool

    /// What is wrong with the file itself.
    public init(_ reason: Text) {
        self.reason = reason
        isLasting = true
    }

    init(_ error: FileError) {
        reason = Text(error.message)
        isLasting = false
    }
}
