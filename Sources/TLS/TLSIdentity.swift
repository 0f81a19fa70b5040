import CMbedTLS

/// What a TLS server proves itself with: a certificate and its key. One thread at a time.
public final class TLSIdentity {
    let chain: UnsafeMutablePointer<mbedtls_x509_crt>
    let key: PrivateKey

    /// - Parameter certificate: with the public key of `key`.
    public init(certificate: Certificate, key: PrivateKey) {
        chain = .allocate(capacity: 1)
        mbedtls_x509_crt_init(chain)
        self.key = key
        let result = mbedtls_x509_crt_parse_der(chain, certificate.der, certificate.der.count)
        precondition(result == 0, "a certificate was parsed or written before")
    }

    deinit {
        mbedtls_x509_crt_free(chain)
        chain.deallocate()
    }
}
