import CMbedTLS

/// Compares secrets in a time that does not depend on where they differ.
public enum ConstantTime {
    /// Whether the bytes are the same. Only a different length is seen at once.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && mbedtls_ct_memcmp(left, right, left.count) == 0
    }
}
