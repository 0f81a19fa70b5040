/// How large a condition may be, and what evaluating it may cost. Our own; IoT Edge has none.
enum ConditionLimits {
    /// Parentheses, calls, NOT and minus within each other.
    static let depth = 64
    /// Values that wait for their operator at once: with calls of many arguments within each other more than `depth`.
    static let stack = 256
    /// Arguments of one call; that of `concat` has no limit in IoT Edge.
    static let arguments = 64
    /// Elements of an array that a path may pass over.
    static let index = 999_999_999
    /// Bytes of texts that an evaluation may make or copy. More: nothing matches.
    static let memory = 1 << 20
    /// Bytes of texts that the operators and functions of an evaluation may look at, together. More: nothing matches.
    static let work = 1 << 24
    /// Bytes that a subject keeps between messages.
    static let keptMemory = 1 << 12
}
