import CMbedTLS

/// An X.509 certificate.
public struct Certificate: Equatable, Sendable {
    /// The certificate in DER.
    public let der: [UInt8]

    init(der: [UInt8]) {
        self.der = der
    }

    /// - Parameter pem: `-----BEGIN CERTIFICATE-----` and so on; the first certificate counts.
    public init(pem: [UInt8]) throws(TLSError) {
        let der: [UInt8]? = Self.withParsed(pem + [0]) { certificate in
            certificate.map { Array(UnsafeBufferPointer(start: $0.raw.p, count: $0.raw.len)) }
        }
        guard let der else { throw TLSError("it is not a certificate in PEM form") }
        self.der = der
    }

    /// `-----BEGIN CERTIFICATE-----` and so on, a newline at the end.
    public var pem: [UInt8] {
        var length = 0
        let (head, foot) = ("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n")
        mbedtls_pem_write_buffer(head, foot, der, der.count, nil, 0, &length)
        var buffer = [UInt8](repeating: 0, count: length)
        let result = mbedtls_pem_write_buffer(head, foot, der, der.count, &buffer, buffer.count, &length)
        precondition(result == 0, "the length was asked for")
        return Array(buffer.prefix { $0 != 0 })
    }

    /// What the certificate says, as far as it is needed here.
    struct Facts {
        let isAuthority: Bool
        /// SubjectPublicKeyInfo in DER.
        let publicKey: [UInt8]
        /// The distinguished name in DER.
        let subject: [UInt8]
    }

    func facts() throws(TLSError) -> Facts {
        let facts: Facts? = Self.withParsed(der) { certificate in
            guard let certificate else { return nil }
            return Facts(
                isAuthority: certificate.ca_istrue != 0, publicKey: Self.bytes(certificate.pk_raw),
                subject: Self.bytes(certificate.subject_raw))
        }
        guard let facts else { throw TLSError("it is not a certificate that could be read") }
        return facts
    }

    private static func bytes(_ buffer: mbedtls_x509_buf) -> [UInt8] {
        Array(UnsafeBufferPointer(start: buffer.p, count: buffer.len))
    }

    private static func withParsed<Result>(_ bytes: [UInt8], _ body: (mbedtls_x509_crt?) -> Result) -> Result {
        var certificate = mbedtls_x509_crt()
        mbedtls_x509_crt_init(&certificate)
        defer { mbedtls_x509_crt_free(&certificate) }
        return mbedtls_x509_crt_parse(&certificate, bytes, bytes.count) == 0 ? body(certificate) : body(nil)
    }
}
