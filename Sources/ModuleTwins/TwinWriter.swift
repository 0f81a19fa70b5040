import JSON

/// Appends members and values in the format of `TwinTree`.
struct TwinWriter {
    private var bytes: [UInt8] = []

    /// - Parameter capacity: about how many bytes there will be.
    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    /// What another tree holds, as it is.
    @inline(never)
    mutating func copy(_ range: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: range)
    }

    /// A key and its stamp; a value has to follow.
    /// - Parameter last: the stamp of the member before it, of the object around it for the first.
    @inline(never)
    mutating func key(_ key: UnsafeRawBufferPointer, _ stamp: TwinStamp, after last: TwinStamp) {
        varint(UInt64(key.count))
        copy(key)
        guard stamp != last else { return bytes.append(0) }
        varint(UInt64(stamp.ms) + 1)
        varint(stamp.version)
    }

    /// A member whose value, and all in it, has one stamp.
    @inline(never)
    mutating func member(_ member: JSONObject.Member, _ stamp: TwinStamp, after last: TwinStamp) {
        member.key.withBytes { key($0, stamp, after: last) }
        value(member.value)
    }

    /// A value whose members, where it is an object, have the stamp of the member that it belongs to.
    @inline(never)
    mutating func value(_ value: JSON) {
        switch value {
        case .null: tag(.null)
        case .bool(let value): tag(value ? .true : .false)
        case .integer(let value):
            tag(.integer)
            varint(UInt64(bitPattern: value << 1 ^ value >> 63))
        case .number(let value):
            // As in JSON text.
            guard value.isFinite else { return tag(.null) }
            tag(.number)
            for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
        case .string(let text):
            tag(.string)
            text.withBytes { bytes in
                varint(UInt64(bytes.count))
                copy(bytes)
            }
        case .array(let elements):
            let start = begin(.array)
            for element in elements { self.value(element) }
            end(start)
        case .object(let object):
            let start = begin(.object)
            for member in object.members { self.member(member, .none, after: .none) }
            end(start)
        }
    }

    /// Begins an array or object, whose length is known when all of it is written.
    /// - Returns: for `end`.
    @inline(never)
    mutating func begin(_ tag: TwinTag) -> Int {
        self.tag(tag)
        bytes.append(0)
        return bytes.count
    }

    /// Writes the length before what was written since `begin`.
    @inline(never)
    mutating func end(_ start: Int) {
        let length = bytes.count - start
        // One byte was left for it; it may take more.
        var place = start - 1
        var rest = length
        while rest >= 0x80 {
            bytes.append(0)
            rest >>= 7
        }
        let moved = bytes.count - length
        if moved > start {
            bytes.withUnsafeMutableBytes { bytes in
                guard let first = bytes.baseAddress else { return }
                (first + moved).copyMemory(from: first + start, byteCount: length)
            }
        }
        rest = length
        while rest >= 0x80 {
            bytes[place] = UInt8(truncatingIfNeeded: rest) | 0x80
            rest >>= 7
            place += 1
        }
        bytes[place] = UInt8(rest)
    }

    /// What was written, in an array that is no larger than it needs to be: it is kept for long.
    var result: [UInt8] {
        bytes.capacity - bytes.count > bytes.count / 8 ? bytes.withUnsafeBytes { Array($0) } : bytes
    }

    private mutating func tag(_ tag: TwinTag) { bytes.append(tag.rawValue) }

    @inline(never)
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
