import CFFI
import JSON

/// A type of C that a value of JSON can be passed as.
public enum CType: UInt32, Sendable {
    // The raw values are those of martlet_ffi_type.
    case bool = 0
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float, double
    /// `const char *`: UTF-8 that ends with NUL.
    case string
    /// Only as a result.
    case void

    /// The manifest's words, in the order of the raw values.
    public static let names: [Text] = [
        "bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float", "double", "string", "void",
    ]

    /// The manifest's word.
    public var name: Text { CType.names[Int(rawValue)] }

    /// A number or a truth value: what can lie in a struct.
    public var isScalar: Bool { rawValue <= CType.double.rawValue }

    var isInteger: Bool { rawValue >= CType.int8.rawValue && rawValue <= CType.uint64.rawValue }

    var description: UnsafeMutablePointer<ffi_type>? { martlet_ffi_type(rawValue) }

    /// libffi's description of `size_t`.
    static var sizeDescription: UnsafeMutablePointer<ffi_type>? { martlet_ffi_type(CType.void.rawValue + 1) }

    /// Bytes of a value in memory.
    var size: Int { description.map { Int($0.pointee.size) } ?? 0 }

    /// Bytes of whose multiple a value's address is.
    var alignment: Int { description.map { Int($0.pointee.alignment) } ?? 1 }
}
