/// The properties of a twin section, or the tags, as one string of bytes: in memory as on disk.
///
/// A twin is read when the host starts, changed in one place at a time and written back: nothing is parsed, a change copies what
/// stays in long runs, and there is no object per member.
///
/// The bytes are the members of the outermost object, one behind the other in the order in which they came:
///
///     member = key length, key, stamp, value
///     stamp  = milliseconds since 1970, version                       (0, 0 in tags and inside arrays)
///     value  = tag, payload                                           (see TwinTag)
///     payload = nothing | integer | 8 bytes of a number | length, bytes of a string, of values or of members
///
/// Lengths, times, versions and integers are varints: seven bits a byte, lowest first, the highest bit says that another byte
/// follows. Integers have their sign in the lowest bit. No bytes at all are an empty tree.
///
///     {"a": {"b": -2}}  =  1 'a' stamp 7 length  1 'b' stamp 3 3
public struct TwinTree: Sendable, Equatable {
    /// The bytes of the format above.
    public let stored: [UInt8]

    /// Without members.
    public init() {
        stored = []
    }

    /// Of bytes that are known to be of the format.
    init(trusted bytes: [UInt8]) {
        stored = bytes
    }

    /// It has no members.
    public var isEmpty: Bool { stored.isEmpty }

    /// Reads the members; nothing is copied.
    func read<Result>(_ body: (TwinReader) -> Result) -> Result {
        stored.withUnsafeBytes { body(TwinReader($0)) }
    }
}
