import JSON
import Messages
import UV

/// Makes frames of the bytes that come from the other side.
///
/// ```
/// 4 bytes │ how many follow, little end first
/// byte    │ kind
/// …       │ what the kind says
/// ```
struct FrameSplitter {
    static let headerBytes = 5
    /// The bytes of one frame behind its length: four times the largest message.
    static let limit = 1 << 20

    /// A frame that is not complete.
    private let unfinished = ByteQueue()

    /// - Parameter each: the whole frame, valid until it returns.
    /// - Throws: a length that no frame has. Nothing is read from the bytes behind it.
    func feed(_ bytes: UnsafeRawBufferPointer, _ each: (UnsafeRawBufferPointer) throws(FrameError) -> Void) throws(FrameError) {
        var rest = bytes
        while !unfinished.isEmpty {
            let missing = try Self.missing(unfinished.bytes)
            let taken = min(missing, rest.count)
            unfinished.append(UnsafeRawBufferPointer(rebasing: rest[..<taken]))
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            guard taken == missing else { return }
            guard try Self.missing(unfinished.bytes) == 0 else { continue }
            try each(unfinished.bytes)
            unfinished.removeAll()
        }
        while !rest.isEmpty {
            guard rest.count >= 4 else { break }
            let count = try Self.length(rest) + 4
            guard count <= rest.count else { break }
            try each(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        unfinished.append(rest)
    }

    /// Of its length first, then of the frame.
    private static func missing(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> Int {
        guard bytes.count >= 4 else { return 4 - bytes.count }
        return try length(bytes) + 4 - bytes.count
    }

    /// The bytes of the first frame behind its length.
    static func length(_ bytes: UnsafeRawBufferPointer) throws(FrameError) -> Int {
        var reader = ByteReader(bytes)
        let length = reader.number() ?? 0
        guard length >= 1, length <= limit else {
            throw FrameError("a frame of \(length) bytes; 1 to \(limit) are allowed")
        }
        return Int(length)
    }
}
