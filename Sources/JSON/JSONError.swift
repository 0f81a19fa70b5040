/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    public let line: Int
    /// From 1, in Unicode scalars, as editors count.
    public let column: Int
    /// In bytes, from 0; the length of the text if more of it was expected.
    public let offset: Int
    /// What is wrong and what would be right, in plain words, without the place.
    public let reason: String

    public init(line: Int, column: Int, offset: Int, reason: String) {
        self.line = line
        self.column = column
        self.offset = offset
        self.reason = reason
    }

    /// `line 3, column 7: …`
    public var description: String { "line \(line), column \(column): \(reason)" }

    public static func == (left: JSONError, right: JSONError) -> Bool {
        left.line == right.line && left.column == right.column && left.offset == right.offset && Text(left.reason) == Text(right.reason)
    }
}

extension JSONError {
    /// At a byte of a text; line and column are counted here.
    init(at offset: Int, of bytes: UnsafeRawBufferPointer, _ reason: String) {
        let place = TextPlace(at: offset, of: bytes)
        self.init(line: place.line, column: place.column, offset: offset, reason: reason)
    }

    /// Its values would take too much memory.
    init(tooHeavy weight: Int, _ memory: Int, _ bytes: UnsafeRawBufferPointer) {
        self.init(
            at: 0, of: bytes,
            "too many values: they would take \(weight >> 20) MiB of memory, at most \(memory >> 20) MiB are given; send fewer at a time")
    }
}
