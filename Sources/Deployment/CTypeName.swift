public import JSON

/// A C type of the manifest's `functions`.
public enum CTypeName: ManifestWord {
    case bool
    case int8
    case uint8
    case int16
    case uint16
    case int32
    case uint32
    case int64
    case uint64
    case float
    case double
    /// `const char *`, UTF-8, ends with NUL.
    case string
    /// A pointer and a length.
    case bytes
    /// No value; only as a result.
    case void

    public static var noun: Text { "a C type" }

    public static var words: [(word: Text, value: CTypeName)] {
        [
            ("bool", .bool), ("int8", .int8), ("uint8", .uint8), ("int16", .int16), ("uint16", .uint16), ("int32", .int32),
            ("uint32", .uint32), ("int64", .int64), ("uint64", .uint64), ("float", .float), ("double", .double), ("string", .string),
            ("bytes", .bytes), ("void", .void),
        ]
    }
}
