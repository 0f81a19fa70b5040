import CMartlet

/// What a file descriptor is ready for.
public struct FileEvents: OptionSet, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// Something can be read, or the end of what can be read was reached.
    public static var readable: FileEvents { FileEvents(rawValue: Int32(MARTLET_READABLE)) }
    /// Something can be written.
    public static var writable: FileEvents { FileEvents(rawValue: Int32(MARTLET_WRITABLE)) }
    /// The other side closed, or will write no more.
    public static var hangUp: FileEvents { FileEvents(rawValue: Int32(MARTLET_HANG_UP)) }
    /// Out of the ordinary: an edge of a GPIO in `/sys/class/gpio`, urgent data of a socket.
    public static var priority: FileEvents { FileEvents(rawValue: Int32(MARTLET_PRIORITY)) }
    /// The descriptor has an error, and the watch has ended. Always told, never asked for.
    public static var broken: FileEvents { FileEvents(rawValue: Int32(MARTLET_BROKEN)) }
}
