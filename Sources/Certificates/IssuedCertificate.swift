public import TLS

/// A certificate that the device's authority has signed, with its key.
public struct IssuedCertificate {
    /// The certificate alone.
    public let certificate: Certificate
    /// Who signed it.
    let authority: Certificate
    /// The private key.
    public let key: PrivateKey
    /// Seconds since 1970.
    public let notAfter: Int64

    /// The chain in PEM form: the certificate, then the authority's.
    public var pem: [UInt8] { certificate.pem + authority.pem }
}
