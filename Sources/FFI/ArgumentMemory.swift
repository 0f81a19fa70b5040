import JSON

/// Where the arguments of one call lie: a slot of 8 bytes each, and copies of strings.
final class ArgumentMemory {
    /// What libffi wants: a pointer to each argument.
    let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    private let slots: UnsafeMutableRawPointer
    private var strings: [UnsafeMutablePointer<UInt8>] = []

    init(count: Int) {
        slots = .allocate(byteCount: max(8 * count, 8), alignment: 8)
        pointers = .allocate(capacity: max(count, 1))
        for index in 0..<count { (pointers + index).initialize(to: slots + 8 * index) }
    }

    deinit {
        for string in strings { string.deallocate() }
        pointers.deallocate()
        slots.deallocate()
    }

    /// Checks a value against its type and stores it as C wants it.
    func set(_ index: Int, to value: JSON, as type: CType) throws(FFIError) {
        let slot = slots + 8 * index
        switch type {
        case .bool:
            guard let flag = value.bool else { throw ArgumentMemory.error(index, value, "bool takes true or false") }
            slot.storeBytes(of: flag ? 1 : 0, as: UInt8.self)
        case .int8: slot.storeBytes(of: try integer(index, value, type), as: Int8.self)
        case .uint8: slot.storeBytes(of: try integer(index, value, type), as: UInt8.self)
        case .int16: slot.storeBytes(of: try integer(index, value, type), as: Int16.self)
        case .uint16: slot.storeBytes(of: try integer(index, value, type), as: UInt16.self)
        case .int32: slot.storeBytes(of: try integer(index, value, type), as: Int32.self)
        case .uint32: slot.storeBytes(of: try integer(index, value, type), as: UInt32.self)
        case .int64: slot.storeBytes(of: try integer(index, value, type), as: Int64.self)
        case .uint64: slot.storeBytes(of: try unsigned(index, value), as: UInt64.self)
        case .float:
            guard let number = value.number else { throw ArgumentMemory.error(index, value, "float takes a number") }
            guard Float(number).isFinite else { throw ArgumentMemory.error(index, value, "float takes numbers within ±3.4e38") }
            slot.storeBytes(of: Float(number), as: Float.self)
        case .double:
            guard let number = value.number else { throw ArgumentMemory.error(index, value, "double takes a number") }
            slot.storeBytes(of: number, as: Double.self)
        case .string:
            guard let text = value.string else { throw ArgumentMemory.error(index, value, "string takes a string") }
            guard !text.utf8.contains(0) else { throw ArgumentMemory.error(index, value, "a string for C cannot hold \\u0000") }
            slot.storeBytes(of: copy(text), as: UnsafeMutablePointer<UInt8>.self)
        case .bytes, .void:
            throw ArgumentMemory.error(index, value, "\(type.name) cannot be passed")
        }
    }

    private func integer<Integer: FixedWidthInteger>(_ index: Int, _ value: JSON, _ type: CType) throws(FFIError) -> Integer {
        guard let integer = value.integer, let result = Integer(exactly: integer) else {
            throw ArgumentMemory.error(index, value, "\(type.name) takes an integer from \(Integer.min) to \(Integer.max)")
        }
        return result
    }

    /// JSON's integers end at Int64; beyond, numbers without a fraction are taken, as results come.
    private func unsigned(_ index: Int, _ value: JSON) throws(FFIError) -> UInt64 {
        if case .number(let number) = value, number >= 0x1p63, let result = UInt64(exactly: number) { return result }
        return try integer(index, value, .uint64)
    }

    private func copy(_ text: Text) -> UnsafeMutablePointer<UInt8> {
        text.withBytes { bytes in
            let string = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + 1)
            for (offset, byte) in bytes.enumerated() { (string + offset).initialize(to: byte) }
            (string + bytes.count).initialize(to: 0)
            strings.append(string)
            return string
        }
    }

    private static func error(_ index: Int, _ value: JSON, _ right: String) -> FFIError {
        FFIError(.arguments, "argument \(index + 1) is \(value.shown), but \(right)")
    }
}
