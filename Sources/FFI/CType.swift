import CFFI
import JSON

/// The type of an argument or result of a C function.
public enum CType: Sendable, Equatable {
    case bool
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case float, double
    /// `const char *`: UTF-8 that ends with NUL.
    case string
    /// A pointer and a length. Known by name, but not callable yet.
    case bytes
    /// Only as a result.
    case void

    public static let all: [CType] = [
        .bool, .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .float, .double, .string, .bytes, .void,
    ]

    /// By the name that the manifest uses; nil if there is none.
    public init?(_ name: Text) {
        guard let type = CType.all.first(where: { $0.name == name }) else { return nil }
        self = type
    }

    public var name: Text {
        switch self {
        case .bool: "bool"
        case .int8: "int8"
        case .uint8: "uint8"
        case .int16: "int16"
        case .uint16: "uint16"
        case .int32: "int32"
        case .uint32: "uint32"
        case .int64: "int64"
        case .uint64: "uint64"
        case .float: "float"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .void: "void"
        }
    }

    /// libffi's description; nil for what cannot be called yet.
    var description: UnsafeMutablePointer<ffi_type>? {
        switch self {
        case .bool, .uint8: martlet_ffi_uint8()
        case .int8: martlet_ffi_int8()
        case .int16: martlet_ffi_int16()
        case .uint16: martlet_ffi_uint16()
        case .int32: martlet_ffi_int32()
        case .uint32: martlet_ffi_uint32()
        case .int64: martlet_ffi_int64()
        case .uint64: martlet_ffi_uint64()
        case .float: martlet_ffi_float()
        case .double: martlet_ffi_double()
        case .string: martlet_ffi_pointer()
        case .void: martlet_ffi_void()
        case .bytes: nil
        }
    }
}
