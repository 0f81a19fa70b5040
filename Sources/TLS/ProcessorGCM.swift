import CMbedTLS

#if arch(x86_64) && hasFeature(Embedded)
    /// What the linker puts in the place of mbedTLS's own (`--wrap`, in Toolchain/sdk) wherever mbedTLS encrypts with AES-GCM: the
    /// processor's instructions used well, ten times as fast. Without them, as before.
    @c(__wrap_mbedtls_gcm_crypt_and_tag)
    public func encryptWithTag(
        _ gcm: UnsafeMutablePointer<mbedtls_gcm_context>, _ mode: Int32, _ count: Int, _ nonce: UnsafePointer<UInt8>, _ nonceCount: Int,
        _ added: UnsafePointer<UInt8>, _ addedCount: Int, _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>,
        _ tagCount: Int,
        _ tag: UnsafeMutablePointer<UInt8>
    ) -> Int32 {
        martlet_gcm_crypt_and_tag(gcm, mode, count, nonce, nonceCount, added, addedCount, input, output, tagCount, tag)
    }

    /// The same for what is decrypted.
    @c(__wrap_mbedtls_gcm_auth_decrypt)
    public func decryptWithTag(
        _ gcm: UnsafeMutablePointer<mbedtls_gcm_context>, _ count: Int, _ nonce: UnsafePointer<UInt8>, _ nonceCount: Int,
        _ added: UnsafePointer<UInt8>, _ addedCount: Int, _ tag: UnsafePointer<UInt8>, _ tagCount: Int, _ input: UnsafePointer<UInt8>,
        _ output: UnsafeMutablePointer<UInt8>
    ) -> Int32 {
        martlet_gcm_auth_decrypt(gcm, count, nonce, nonceCount, added, addedCount, tag, tagCount, input, output)
    }
#endif
