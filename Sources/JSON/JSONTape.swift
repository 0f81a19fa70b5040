/// JSON text made ready for questions about a few of its values, without a tree: one validating pass writes a flat tape of entries, one
/// a value or key; paths are walked on it, numbers converted when somebody asks. Used again and again, it allocates nothing.
///
/// ```
/// {"a":[1,"x"],"b":{}}     0 object next=8 | 1 "a" | 2 array next=5 | 3 number | 4 string | 5 "b" | 6 object next=7
/// ```
/// Reads RFC 8259, no more: what `JSON.parse` reads is read here with the same values. Of what that refuses, four things are read,
/// as RFC 8259 allows them and a message may hold them: a key that comes twice (the last one counts), integers beyond Int64 and
/// fractions beyond Double (the nearest Double, infinity), and `\u0000` in keys.
///
/// A place is the index of an entry, good until the next `read` or `clear`. It belongs to one thread.
public final class JSONTape {
    /// What a value is.
    public enum Kind: UInt8, Sendable {
        case null, `false`, `true`, number, string, array, object
    }

    /// 16 bytes.
    struct Entry {
        /// Of its text in `text`: of a string without quotes and escapes.
        var start: UInt32
        var end: UInt32
        /// Behind the value and all that is in it; of an object or array that is still being read: the one around it.
        var next: UInt32
        var kind: Kind
    }

    /// The place of the whole document's value.
    public static let root = 0

    /// Bytes of the largest text, as UTF-8; callers have their own, smaller limits.
    public static let maximumBytes = 1 << 24

    /// What `clear` leaves allocated: bytes of text and entries.
    static let keptBytes = 4096
    static let keptEntries = 512

    /// A copy of the text as UTF-8, with the escapes of strings resolved in place, and `padding` zeros behind it.
    private(set) var text: UnsafeMutablePointer<UInt8>
    private var textCapacity: Int
    static let padding = 8

    private(set) var entries: UnsafeMutablePointer<Entry>
    private(set) var entryCapacity: Int
    /// 0: there is no valid text.
    var count = 0

    public init() {
        textCapacity = JSONTape.padding
        entryCapacity = 16
        text = .allocate(capacity: textCapacity)
        entries = .allocate(capacity: entryCapacity)
    }

    deinit {
        text.deallocate()
        entries.deallocate()
    }

    /// Room for a text of so many bytes and its padding; false: that is too large. What was there is lost.
    func reserve(bytes: Int) -> Bool {
        guard bytes <= JSONTape.maximumBytes else { return false }
        if bytes + JSONTape.padding > textCapacity { setTextCapacity(bytes + JSONTape.padding) }
        return true
    }

    private func setTextCapacity(_ capacity: Int) {
        text.deallocate()
        text = .allocate(capacity: capacity)
        textCapacity = capacity
    }

    /// Room for other many entries, which keeps those that are there.
    @inline(never)
    func setEntryCapacity(_ capacity: Int) {
        let room = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
        room.initialize(from: entries, count: count)
        entries.deallocate()
        entries = room
        entryCapacity = capacity
    }

    /// Forgets the text. What a large one took is given back, a little is kept for the next one.
    public func clear() {
        count = 0
        if textCapacity > JSONTape.keptBytes { setTextCapacity(JSONTape.keptBytes) }
        if entryCapacity > JSONTape.keptEntries { setEntryCapacity(JSONTape.keptEntries) }
    }
}
