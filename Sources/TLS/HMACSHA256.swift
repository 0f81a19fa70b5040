import CMbedTLS

/// Message authentication codes with SHA-256 (RFC 2104).
public enum HMACSHA256 {
    /// Bytes of a code.
    public static let length = 32

    /// The code of a message.
    /// - Parameter key: of any length; more than 64 bytes count as their digest.
    public static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            let result = mbedtls_md_hmac(
                mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), key, key.count, message, message.count, buffer.baseAddress)
            precondition(result == 0, "HMAC fails only for want of memory")
            count = length
        }
    }

    /// Whether this is the code of a message; compared in constant time.
    public static func isCode(_ code: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        ConstantTime.equal(code, self.code(of: message, key: key))
    }
}
