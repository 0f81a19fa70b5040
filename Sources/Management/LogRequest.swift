/// Which part of a module's log is asked for.
public struct LogRequest: Sendable, Equatable {
    /// How many of the last lines; nil: all that is kept.
    public var tail: Int?
    /// Goes on with new lines until the reader leaves.
    public var follows: Bool

    /// All that is kept, unless said otherwise.
    public init(tail: Int? = nil, follows: Bool = false) {
        self.tail = tail
        self.follows = follows
    }
}
