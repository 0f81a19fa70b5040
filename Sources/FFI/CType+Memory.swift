import CFFI
import JSON

// Scalars in memory. All boards are little-endian: the low bytes of a register that libffi has widened are those of the value.
extension CType {
    /// Checks a value and writes it as C has it. For scalars.
    ///
    /// - Returns: what is wrong with it and what would be right, to be put behind the name of a place; nil: it is written.
    @inline(never)
    func store(_ value: JSON, at place: UnsafeMutableRawPointer) -> Text? {
        switch self {
        case .bool:
            guard let flag = value.bool else { return "is \(value.shown), but bool takes true or false" }
            place.storeBytes(of: flag ? 1 : 0, as: UInt8.self)
        case .double, .float:
            guard let number = value.number else { return "is \(value.shown), but \(name) takes a number" }
            if self == .double {
                place.storeBytes(of: number, as: Double.self)
            } else {
                guard Float(number).isFinite else { return "is \(value.shown), but float takes numbers within ±3.4e38" }
                place.storeBytes(of: Float(number), as: Float.self)
            }
        case .string, .void: return "cannot be given: \(name) is no number"
        default:
            if self == .uint64, case .number(let number) = value, number >= 0x1p63, let integer = UInt64(exactly: number) {
                // JSON's integers end at Int64; beyond, numbers without a fraction are taken, as results come.
                place.storeBytes(of: integer, as: UInt64.self)
                return nil
            }
            guard let integer = value.integer, integers.contains(integer) else {
                let last: Text = self == .uint64 ? "18446744073709551615" : "\(integers.upperBound)"
                return "is \(value.shown), but \(name) takes an integer from \(integers.lowerBound) to \(last)"
            }
            withUnsafeBytes(of: integer) { bytes in
                bytes.baseAddress.map { place.copyMemory(from: $0, byteCount: size) }
            }
        }
        return nil
    }

    /// Reads a scalar as it lies in memory, aligned or not. Numbers that are infinite or not a number are null; a uint64 beyond Int64
    /// becomes a `number`. `void` is null.
    @inline(never)
    func load(from place: UnsafeRawPointer) -> JSON {
        switch self {
        case .void, .string: return .null
        case .bool: return .bool(place.load(as: UInt8.self) != 0)
        case .float:
            let value = place.loadUnaligned(as: Float.self)
            return value.isFinite ? .number(martlet_float_as_written(value)) : .null
        case .double:
            let value = place.loadUnaligned(as: Double.self)
            return value.isFinite ? .number(value) : .null
        default:
            var bits: UInt64 = 0
            withUnsafeMutableBytes(of: &bits) { $0.copyMemory(from: UnsafeRawBufferPointer(start: place, count: size)) }
            let unused = 64 - 8 * UInt64(size)
            if isSigned { return .integer(Int64(bitPattern: bits << unused) >> Int64(unused)) }
            return Int64(exactly: bits).map { .integer($0) } ?? .number(Double(bits))
        }
    }

    private var isSigned: Bool { isInteger && rawValue % 2 == 1 }

    /// Of an integer type; those of uint64 as far as JSON's go.
    private var integers: ClosedRange<Int64> {
        let bits = 8 * Int64(size)
        if isSigned { return (.min >> (64 - bits))...(.max >> (64 - bits)) }
        return 0...(self == .uint64 ? .max : (1 << bits) - 1)
    }
}
