/// When a member of a twin section was last written.
public struct TwinStamp: Sendable, Equatable {
    /// By the wall clock, in milliseconds since 1970; never negative.
    public let ms: Int64
    /// The version that the section got with it.
    public let version: UInt64

    /// Of what has no `$metadata`: tags, and members of objects in arrays.
    public static let none = TwinStamp(ms: 0, version: 0)

    /// - Parameter ms: what is before 1970, where only a clock that was never set is, becomes 1970.
    public init(ms: Int64, version: UInt64) {
        self.ms = max(0, ms)
        self.version = version
    }
}
