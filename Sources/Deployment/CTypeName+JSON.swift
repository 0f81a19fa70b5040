public import JSON
import Messages

extension CTypeName {
    /// Whether a JSON value can be passed as this type, without loss.
    public func accepts(_ value: JSON) -> Bool {
        switch self {
        case .bool: value.bool != nil
        case .float, .double: value.number != nil
        case .string: value.string.map { !$0.utf8.contains(0) } ?? false
        case .bytes: value.string.map { Base64.decode($0) != nil } ?? false
        case .void: value.isNull
        default: value.integer.map { integers.contains($0) } ?? false
        }
    }

    /// What to write for a value of this type, for messages.
    public var jsonForm: Text {
        switch self {
        case .bool: "true or false"
        case .float, .double: "a number"
        case .string: "a string without \\u0000"
        case .bytes: "a string in base64 (RFC 4648, with padding)"
        case .void: "null"
        default: "a whole number from \(integers.lowerBound) to \(integers.upperBound)"
        }
    }

    /// Of an integer type; JSON's integers here end where Int64 does.
    private var integers: ClosedRange<Int64> {
        switch self {
        case .int8: Int64(Int8.min)...Int64(Int8.max)
        case .uint8: 0...Int64(UInt8.max)
        case .int16: Int64(Int16.min)...Int64(Int16.max)
        case .uint16: 0...Int64(UInt16.max)
        case .int32: Int64(Int32.min)...Int64(Int32.max)
        case .uint32: 0...Int64(UInt32.max)
        case .uint64: 0...Int64.max
        default: Int64.min...Int64.max
        }
    }
}
