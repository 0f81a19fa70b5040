public import JSON

/// Writes what `ByteReader` reads, into memory that has room for it.
public struct ByteWriter {
    private var place: UnsafeMutableRawPointer

    public init(_ memory: UnsafeMutableRawPointer) {
        place = memory
    }

    /// One byte.
    public mutating func byte(_ value: UInt8) { integer(value) }
    /// Four bytes.
    public mutating func number(_ value: UInt32) { integer(value) }
    /// Eight bytes.
    public mutating func longNumber(_ value: UInt64) { integer(value) }

    /// Bytes without their length.
    public mutating func bytes(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(start: place, count: bytes.count).copyMemory(from: bytes)
        place += bytes.count
    }

    /// A text with its length, 4 bytes, before it.
    @inline(never)
    public mutating func text(_ text: Text) {
        number(UInt32(truncatingIfNeeded: text.utf8.count))
        text.withBytes { bytes($0) }
    }

    private mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
        place.storeBytes(of: value.littleEndian, as: Value.self)
        place += MemoryLayout<Value>.size
    }
}
