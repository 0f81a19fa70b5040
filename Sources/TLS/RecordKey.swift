import CMbedTLS

/// The cipher of one direction of a session, with its key: mbedTLS's, or Nettle's for AES-GCM where the processor has instructions for it.
final class RecordKey {
    private static let nonceLength = 12
    private static let authenticatedLength = 13
    private static let tagLength = 16

    private let keys: TLSKeys
    /// Within `keys`.
    private let key: UnsafeBufferPointer<UInt8>
    private let fast: FastGCM?
    /// nil: `fast` does it.
    private let context: UnsafeMutablePointer<mbedtls_cipher_context_t>?

    /// - Parameter fast: nil: there are no such instructions.
    init(_ type: mbedtls_cipher_type_t, _ keys: TLSKeys, serverWrites: Bool, fast: FastGCM?) throws(TLSError) {
        let isGCM = type == MBEDTLS_CIPHER_AES_128_GCM || type == MBEDTLS_CIPHER_AES_256_GCM
        self.keys = keys
        key = keys.key(serverWrites: serverWrites)
        self.fast = isGCM ? fast : nil
        context = self.fast == nil ? .allocate(capacity: 1) : nil
        guard let context else { return }
        mbedtls_cipher_init(context)
        var result = mbedtls_cipher_setup(context, mbedtls_cipher_info_from_type(type))
        if result == 0 {
            let direction = serverWrites ? MBEDTLS_ENCRYPT : MBEDTLS_DECRYPT
            result = mbedtls_cipher_setkey(context, key.baseAddress, Int32(8 * key.count), direction)
        }
        // `deinit` frees what is there.
        guard result == 0 else { throw .mbedTLS("the agreed cipher could not be used", result) }
    }

    deinit {
        if let base = key.baseAddress { fast?.forget(base) }
        guard let context else { return }
        // Also wipes it.
        mbedtls_cipher_free(context)
        context.deallocate()
    }

    /// Encrypts.
    /// - Parameters:
    ///   - nonce: 12 bytes.
    ///   - authenticated: 13 bytes.
    ///   - output: 16 bytes more than the text has; they must not overlap.
    func seal(
        _ text: UnsafeRawBufferPointer, nonce: UnsafePointer<UInt8>, authenticated: UnsafePointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        guard let context else {
            fast?.seal(text, key: key, nonce: nonce, authenticated: Self.authenticated(authenticated), into: output)
            return
        }
        var written = 0
        let result = mbedtls_cipher_auth_encrypt_ext(
            context, nonce, Self.nonceLength, authenticated, Self.authenticatedLength,
            text.baseAddress?.assumingMemoryBound(to: UInt8.self), text.count, output, text.count + Self.tagLength, &written,
            Self.tagLength)
        precondition(result == 0 && written == text.count + Self.tagLength, "encryption fails only for want of memory")
    }

    /// Decrypts where it is.
    /// - Parameter text: `count` bytes, and 16 of the tag.
    /// - Returns: whether the tag is right. If not, the text is wiped.
    func open(
        _ text: UnsafeMutablePointer<UInt8>, count: Int, nonce: UnsafePointer<UInt8>, authenticated: UnsafePointer<UInt8>
    ) -> Bool {
        guard let context else {
            return fast?.open(text, count: count, key: key, nonce: nonce, authenticated: Self.authenticated(authenticated)) ?? false
        }
        var written = 0
        let result = mbedtls_cipher_auth_decrypt_ext(
            context, nonce, Self.nonceLength, authenticated, Self.authenticatedLength, text, count + Self.tagLength, text,
            count + Self.tagLength, &written, Self.tagLength)
        return result == 0 && written == count
    }

    private static func authenticated(_ bytes: UnsafePointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes, count: authenticatedLength)
    }
}
