import CMbedTLS

/// A private key that makes signatures: ECDSA on the curve P-256. One thread at a time.
public final class PrivateKey {
    let context: UnsafeMutablePointer<mbedtls_pk_context>

    private init() {
        context = .allocate(capacity: 1)
        mbedtls_pk_init(context)
    }

    deinit {
        // Also wipes it.
        mbedtls_pk_free(context)
        context.deallocate()
    }

    /// A new key. 1 ms on a PC, 10 ms on a small board.
    public static func generate() throws(TLSError) -> PrivateKey {
        let key = PrivateKey()
        let result = martlet_generate_key(key.context)
        guard result == 0 else { throw .mbedTLS("no key could be made", result) }
        return key
    }

    /// Reads a key.
    /// - Parameter pem: `-----BEGIN EC PRIVATE KEY-----` or `-----BEGIN PRIVATE KEY-----`, not encrypted.
    public static func read(pem: [UInt8]) throws(TLSError) -> PrivateKey {
        let key = PrivateKey()
        var text = pem + [0]
        let result = mbedtls_pk_parse_key(key.context, text, text.count, nil, 0)
        mbedtls_platform_zeroize(&text, text.count)
        guard result == 0 else { throw TLSError("it is not a private key in PEM form without a password") }
        if let other = martlet_other_key(key.context) {
            throw TLSError("it is a key of \(String(cString: other)); only EC P-256 (prime256v1) is taken")
        }
        return key
    }

    /// `-----BEGIN EC PRIVATE KEY-----` and so on, a newline at the end. A secret.
    public var pem: [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 512)
        let result = mbedtls_pk_write_key_pem(context, &buffer, buffer.count)
        precondition(result == 0, "a P-256 key in PEM form has some 230 bytes")
        let text = Array(buffer.prefix { $0 != 0 })
        mbedtls_platform_zeroize(&buffer, buffer.count)
        return text
    }

    /// SubjectPublicKeyInfo in DER.
    var publicKey: [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = mbedtls_pk_write_pubkey_der(context, &buffer, buffer.count)
        precondition(length > 0, "a P-256 public key has 91 bytes")
        return Array(buffer.suffix(Int(length)))
    }

    /// Signs.
    /// - Returns: the ECDSA signature of the SHA-256 digest, in DER: at most 72 bytes.
    public func signature(of bytes: [UInt8]) -> [UInt8] {
        let digest = SHA256()
        digest.update(bytes)
        let hash = digest.finish()
        return [UInt8](unsafeUninitializedCapacity: Int(MBEDTLS_PK_SIGNATURE_MAX_SIZE)) { buffer, count in
            let result = mbedtls_pk_sign(
                context, MBEDTLS_MD_SHA256, hash, hash.count, buffer.baseAddress, &count, martlet_random, nil)
            precondition(result == 0, "ECDSA fails only for want of memory")
        }
    }
}
