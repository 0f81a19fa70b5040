/// Makes lines of the bytes of a stream.
struct LineSplitter {
    enum Piece: Equatable {
        /// Without its line feed and a carriage return before it.
        case line([UInt8])
        /// Longer than the limit; it is thrown away up to its line feed.
        case tooLong
    }

    let limit: Int
    private var unfinished: [UInt8] = []
    private var isSkipping = false

    init(limit: Int) {
        self.limit = limit
    }

    mutating func feed(_ bytes: UnsafeRawBufferPointer, _ each: (Piece) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            take(rest[..<end], each)
            finish(each)
            rest = rest[(end + 1)...]
        }
        take(rest, each)
    }

    /// The stream has ended: what came last may lack its line feed.
    mutating func end(_ each: (Piece) -> Void) {
        if !unfinished.isEmpty { finish(each) }
    }

    private mutating func take(_ part: Slice<UnsafeRawBufferPointer>, _ each: (Piece) -> Void) {
        if isSkipping { return }
        guard unfinished.count + part.count <= limit else {
            unfinished = []
            isSkipping = true
            each(.tooLong)
            return
        }
        unfinished.append(contentsOf: part)
    }

    private mutating func finish(_ each: (Piece) -> Void) {
        if isSkipping {
            isSkipping = false
            return
        }
        if unfinished.last == UInt8(ascii: "\r") { unfinished.removeLast() }
        let line = unfinished
        unfinished.removeAll(keepingCapacity: unfinished.capacity <= 4096)
        each(.line(line))
    }
}
