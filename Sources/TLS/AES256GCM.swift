import CMbedTLS

/// Authenticated encryption: AES-256 in Galois counter mode (NIST SP 800-38D).
public enum AES256GCM {
    /// Bytes of a key.
    public static let keyLength = 32
    /// Bytes that `seal` adds at the end.
    public static let tagLength = 16

    /// Encrypts.
    /// - Parameters:
    ///   - key: 32 bytes.
    ///   - nonce: at least one byte, 12 are best; never the same twice with one key.
    ///   - authenticated: what is protected too, but not encrypted.
    /// - Returns: as many bytes as the plaintext has, and the tag.
    public static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], authenticated: [UInt8] = []) -> [UInt8] {
        precondition(key.count == keyLength && !nonce.isEmpty, "a key of 32 bytes and a nonce")
        return withContext(key) { context in
            let length = plaintext.count
            return [UInt8](unsafeUninitializedCapacity: length + tagLength) { buffer, count in
                let output = buffer.baseAddress
                let result = mbedtls_gcm_crypt_and_tag(
                    context, MBEDTLS_GCM_ENCRYPT, length, nonce, nonce.count, authenticated, authenticated.count, plaintext, output,
                    tagLength, output.map { $0 + length })
                precondition(result == 0, "GCM fails only for want of memory")
                count = length + tagLength
            }
        }
    }

    /// Decrypts.
    /// - Returns: nil where anything of it is not what was sealed, or is shorter than a tag.
    public static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], authenticated: [UInt8] = []) -> [UInt8]? {
        guard key.count == keyLength, !nonce.isEmpty, sealed.count >= tagLength else { return nil }
        return withContext(key) { context in
            let length = sealed.count - tagLength
            var isGenuine = false
            let plaintext = sealed.withUnsafeBufferPointer { sealed in
                [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
                    let input = sealed.baseAddress
                    isGenuine =
                        mbedtls_gcm_auth_decrypt(
                            context, length, nonce, nonce.count, authenticated, authenticated.count, input.map { $0 + length },
                            tagLength, input, buffer.baseAddress) == 0
                    count = isGenuine ? length : 0
                }
            }
            return isGenuine ? plaintext : nil
        }
    }

    private static func withContext<Result>(_ key: [UInt8], _ body: (UnsafeMutablePointer<mbedtls_gcm_context>) -> Result) -> Result {
        var context = mbedtls_gcm_context()
        mbedtls_gcm_init(&context)
        // Also wipes it.
        defer { mbedtls_gcm_free(&context) }
        let result = mbedtls_gcm_setkey(&context, MBEDTLS_CIPHER_ID_AES, key, UInt32(8 * keyLength))
        precondition(result == 0, "AES takes 32 bytes")
        return body(&context)
    }
}
