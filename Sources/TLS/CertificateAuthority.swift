/// Signs certificates (X.509 version 3, RFC 5280) by ECDSA with SHA-256. One thread at a time.
public final class CertificateAuthority {
    /// Its own, signed by itself: what clients trust.
    public let certificate: Certificate
    private let key: PrivateKey

    /// - Throws: where the certificate is no authority's, or the key is another's.
    public init(certificate: Certificate, key: PrivateKey) throws(TLSError) {
        let facts = try certificate.facts()
        guard facts.isAuthority else { throw TLSError("the certificate is not that of an authority (CA:TRUE)") }
        guard facts.publicKey == key.publicKey else { throw TLSError("certificate and private key do not belong together") }
        self.certificate = certificate
        self.key = key
        subject = facts.subject
    }

    private let subject: [UInt8]

    /// A new authority that signs its own certificate.
    /// - Parameter commonName: must differ from every host's name: with the same issuer and subject a server's certificate counts as
    ///   self-signed.
    public static func make(
        commonName: String, key: PrivateKey, notBefore: Int64 = 0, notAfter: Int64 = CertificateContent.noEnd
    ) throws(TLSError) -> CertificateAuthority {
        let content = CertificateContent(commonName: commonName, purpose: .authority, notBefore: notBefore, notAfter: notAfter)
        let certificate = try CertificateWriter.certificate(
            content, publicKey: key.publicKey, issuer: CertificateWriter.name(commonName), issuerKey: key)
        return try CertificateAuthority(certificate: certificate, key: key)
    }

    /// A certificate for the owner of a key, with a random serial number.
    public func issue(_ content: CertificateContent, for owner: PrivateKey) throws(TLSError) -> Certificate {
        try CertificateWriter.certificate(content, publicKey: owner.publicKey, issuer: subject, issuerKey: key)
    }
}
