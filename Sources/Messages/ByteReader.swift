public import JSON

/// Reads numbers, little end first, and blocks with their length before them. What is not there is nil; nothing is read beyond the end.
public struct ByteReader {
    private let base: UnsafeRawPointer?
    private var place = 0
    private let end: Int

    /// - Parameter bytes: valid as long as this and the blocks that it gives.
    public init(_ bytes: UnsafeRawBufferPointer) {
        base = bytes.baseAddress
        end = bytes.count
    }

    /// Bytes that are left.
    public var count: Int { end - place }
    public var isAtEnd: Bool { place == end }

    /// All that is left.
    public mutating func rest() -> UnsafeRawBufferPointer {
        defer { place = end }
        return UnsafeRawBufferPointer(start: base.map { $0 + place }, count: count)
    }

    /// One byte.
    public mutating func byte() -> UInt8? { integer() }
    /// Four bytes.
    public mutating func number() -> UInt32? { integer() }
    /// Eight bytes.
    public mutating func longNumber() -> UInt64? { integer() }

    /// A block with its length, a number, before it.
    public mutating func block() -> UnsafeRawBufferPointer? {
        guard let length = number(), length <= count else { return nil }
        defer { place += Int(length) }
        return UnsafeRawBufferPointer(start: base.map { $0 + place }, count: Int(length))
    }

    /// A block that is UTF-8; what is not is replaced by U+FFFD.
    public mutating func text() -> Text? {
        block().map { Text(utf8: $0) }
    }

    private mutating func integer<Value: FixedWidthInteger>() -> Value? {
        guard let base, count >= MemoryLayout<Value>.size else { return nil }
        defer { place += MemoryLayout<Value>.size }
        return Value(littleEndian: base.loadUnaligned(fromByteOffset: place, as: Value.self))
    }
}
