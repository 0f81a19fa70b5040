import Files
import JSON

/// Why an image cannot be used.
public struct ImageError: Error, Equatable, Sendable {
    /// Names the file, what is wrong with it and what would be right.
    public let reason: Text

    public init(_ reason: Text) {
        self.reason = reason
    }

    init(_ error: FileError) {
        reason = Text(error.message)
    }
}
