import JSON

/// Goes through the members or values of a `TwinTree`.
///
/// It never reads beyond its end, whatever the bytes are: what is damaged sets `isDamaged` and reads as zero or as nothing more.
struct TwinReader {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    private let end: Int
    private(set) var isDamaged = false
    /// Of the member that was read last, at first of what all of them are in.
    private var stamp: TwinStamp

    /// At the first member of a tree.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(bytes, 0..<bytes.count, .none)
    }

    private init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ stamp: TwinStamp) {
        self.bytes = bytes
        self.stamp = stamp
        (offset, end) = (range.lowerBound, range.upperBound)
    }

    /// At the first element of an array, or the first member of an object in one.
    func inside(_ value: TwinValue) -> TwinReader { TwinReader(bytes, value.payload, .none) }

    /// At the first member of an object that is a member itself.
    func inside(_ member: TwinMember) -> TwinReader { TwinReader(bytes, member.value.payload, member.stamp) }

    /// The bytes themselves.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    /// The next member; nil at the end.
    @inline(never)
    mutating func member() -> TwinMember? {
        guard offset < end else { return nil }
        let start = offset
        let key = lengthAndBytes()
        let msPlus1 = varint()
        if msPlus1 > 0 {
            if msPlus1 > 1 << 63 { isDamaged = true }
            stamp = TwinStamp(ms: Int64(clamping: msPlus1 - 1), version: varint())
        }
        let valueStart = offset
        let value = value()
        return TwinMember(start: start, key: key, stamp: stamp, valueStart: valueStart, value: value)
    }

    /// The next element; nil at the end.
    mutating func element() -> TwinValue? {
        offset < end ? value() : nil
    }

    /// The number of a value with the tag `integer`.
    func integer(_ value: TwinValue) -> Int64 {
        var reader = inside(value)
        let bits = reader.varint()
        return Int64(bitPattern: bits >> 1) ^ -Int64(bitPattern: bits & 1)
    }

    /// The number of a value with the tag `number`.
    func number(_ value: TwinValue) -> Double {
        var bits: UInt64 = 0
        for index in value.payload.reversed() { bits = bits << 8 | UInt64(bytes[index]) }
        return Double(bitPattern: bits)
    }

    @inline(never)
    private mutating func value() -> TwinValue {
        guard let tag = TwinTag(rawValue: byte()) else { return damaged() }
        let start = offset
        switch tag {
        case .null, .false, .true: break
        case .integer: _ = varint()
        case .number:
            guard end - offset >= 8 else { return damaged() }
            offset += 8
        case .string, .array, .object: return TwinValue(tag: tag, payload: lengthAndBytes())
        }
        return TwinValue(tag: tag, payload: start..<offset)
    }

    private mutating func lengthAndBytes() -> Range<Int> {
        let length = varint()
        guard length <= UInt64(end - offset) else { return damaged().payload }
        let start = offset
        offset += Int(length)
        return start..<offset
    }

    /// Most are of one byte.
    private mutating func varint() -> UInt64 {
        guard offset < end, bytes[offset] < 0x80 else { return longVarint() }
        offset += 1
        return UInt64(bytes[offset - 1])
    }

    @inline(never)
    private mutating func longVarint() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            // The tenth byte has room for the last one of 64 bits.
            guard shift < 63 || next <= 1 else {
                _ = damaged()
                return 0
            }
            value |= UInt64(next & 0x7F) &<< shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    private mutating func byte() -> UInt8 {
        guard offset < end else {
            isDamaged = true
            return 0
        }
        let byte = bytes[offset]
        offset += 1
        return byte
    }

    /// Nothing that follows can be understood.
    private mutating func damaged() -> TwinValue {
        isDamaged = true
        offset = end
        return TwinValue(tag: .null, payload: end..<end)
    }
}
