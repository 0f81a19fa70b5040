public import JSON

/// Why something is not a message.
public struct MessageError: Error, Sendable, Equatable {
    /// Names the member, what is wrong, and what would be right.
    public let reason: Text

    public init(_ reason: Text) {
        self.reason = reason
    }
}

extension MessageError: CustomStringConvertible {
    public var description: String { reason.string }
}
