/// What a certificate is to say.
public struct CertificateContent: Sendable {
    /// What the key may be used for.
    public enum Purpose: Sendable {
        /// Signs the certificates of others.
        case authority
        /// Proves that a TLS server is who it says.
        case server
        /// Proves that a TLS client is who it says.
        case client
    }

    /// 1 to 64 characters (RFC 5280, ub-common-name).
    public var commonName: String
    public var alternativeNames: [AlternativeName]
    public var purpose: Purpose
    /// Seconds since 1970, not before.
    public var notBefore: Int64
    /// Seconds since 1970, at most `noEnd`.
    public var notAfter: Int64

    /// 9999-12-31 23:59:59: there is no end (RFC 5280, 4.1.2.5).
    public static let noEnd: Int64 = 253_402_300_799

    /// By default it is valid from 1970 and has no end.
    public init(
        commonName: String, alternativeNames: [AlternativeName] = [], purpose: Purpose, notBefore: Int64 = 0, notAfter: Int64 = noEnd
    ) {
        self.commonName = commonName
        self.alternativeNames = alternativeNames
        self.purpose = purpose
        self.notBefore = max(0, notBefore)
        self.notAfter = min(max(0, notAfter), Self.noEnd)
    }

    /// - Throws: where no certificate can say it.
    func check() throws(TLSError) {
        // Scalars: every byte but those that continue one.
        let characters = commonName.utf8.count { $0 & 0xC0 != 0x80 }
        guard (1...64).contains(characters), !commonName.utf8.contains(0) else {
            throw TLSError("a common name has 1 to 64 characters, and this one \(characters)")
        }
    }
}
