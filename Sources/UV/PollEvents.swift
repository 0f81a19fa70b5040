import CUV

/// What a descriptor is ready for.
public struct PollEvents: Equatable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Something can be read, or the end of what can be read was reached.
    public static let readable = PollEvents(rawValue: Int32(UV_READABLE.rawValue))
    /// Something can be written.
    public static let writable = PollEvents(rawValue: Int32(UV_WRITABLE.rawValue))
    /// The other side closed, or will write no more.
    public static let hangUp = PollEvents(rawValue: Int32(UV_DISCONNECT.rawValue))
    /// Urgent data of a socket, an edge of a GPIO in sysfs.
    public static let priority = PollEvents(rawValue: Int32(UV_PRIORITIZED.rawValue))
    /// The descriptor has an error. Always told, never asked for.
    public static let failed = PollEvents(rawValue: 1 << 16)

    /// Whether all of the other's are among these.
    public func contains(_ other: PollEvents) -> Bool {
        rawValue & other.rawValue == other.rawValue
    }
}
