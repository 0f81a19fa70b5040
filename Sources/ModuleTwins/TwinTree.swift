/// The properties of a twin section, or the tags, as one string of bytes: in memory as on disk.
///
/// A twin is read when the host starts, changed in one place at a time and written back: nothing is parsed, a change copies what
/// stays in long runs, and there is no object per member.
///
/// The bytes are the members of the outermost object, one behind the other in the order in which they came:
///
///     member  = key length, key, stamp, value
///     stamp   = 0: as the member before it, the first one as the object it is in, all of a tree as `TwinStamp.none`
///             | milliseconds since 1970 plus 1, version
///     value   = tag, payload                                          (see TwinTag)
///     payload = nothing | integer | 8 bytes of a number | length, bytes of a string, of values or of members
///
/// Lengths, times, versions and integers are varints: seven bits a byte, lowest first, the highest bit says that another byte
/// follows. Integers have their sign in the lowest bit. Members of objects in arrays have no stamps of their own: all are 0, as
/// in tags. No bytes at all are an empty tree.
///
///     {"a": {"b": -2}}, written together at 300 ms as version 5:  1 'a' 0xAD 2 5 7 5  1 'b' 0 3 3
public struct TwinTree: Sendable, Equatable {
    /// The bytes of the format above.
    public let stored: [UInt8]
    /// As IoT Hub counts it: see `JSONObject.twinSize`. Kept, so that a change counts only what it changes.
    public let size: Int

    /// Without members.
    public init() {
        (stored, size) = ([], 0)
    }

    /// Of bytes that are known to be of the format and to count so much.
    init(trusted bytes: [UInt8], size: Int) {
        (stored, self.size) = (bytes, size)
    }

    /// It has no members.
    public var isEmpty: Bool { stored.isEmpty }

    /// Reads the members; nothing is copied.
    func read<Result>(_ body: (TwinReader) -> Result) -> Result {
        stored.withUnsafeBytes { body(TwinReader($0)) }
    }
}
