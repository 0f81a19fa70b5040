public import JSON

/// Why a file that a manifest names could not be read.
public struct UnreadableFile: Error, Sendable {
    /// Names the file.
    public let reason: Text

    public init(_ reason: Text) {
        self.reason = reason
    }
}
