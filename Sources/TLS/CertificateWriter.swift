import CMbedTLS

/// Puts certificates together.
enum CertificateWriter {
    private static let ecdsaWithSHA256: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02]

    static func certificate(
        _ content: CertificateContent, publicKey: [UInt8], issuer: [UInt8], issuerKey: PrivateKey
    ) throws(TLSError) -> Certificate {
        try content.check()
        // 127 random bits, not 0: RFC 5280 allows 20 bytes and no negative number.
        var serial = RandomBytes.make(16)
        serial[0] = serial[0] & 0x7F | 0x40
        let algorithm = DER.sequence(DER.identifier(ecdsaWithSHA256))
        let toBeSigned = DER.sequence(
            DER.value(0xA0, DER.integer([2])), DER.integer(serial), algorithm, issuer,
            DER.sequence(DER.time(content.notBefore), DER.time(content.notAfter)), name(content.commonName), publicKey,
            DER.value(0xA3, extensions(content, publicKey, issuerKey.publicKey)))
        let certificate = DER.sequence(toBeSigned, algorithm, DER.bits(issuerKey.signature(of: toBeSigned)))
        return Certificate(der: certificate)
    }

    /// A distinguished name of a common name alone.
    static func name(_ commonName: String) -> [UInt8] {
        DER.sequence(DER.value(0x31, DER.sequence(DER.identifier([0x55, 0x04, 0x03]), DER.text(commonName))))
    }

    private static func extensions(_ content: CertificateContent, _ publicKey: [UInt8], _ issuerKey: [UInt8]) -> [UInt8] {
        let isAuthority = content.purpose == .authority
        var list: [UInt8] = []
        // basicConstraints: an authority signs hosts, no further authorities.
        list += entry(0x13, isCritical: true, isAuthority ? DER.sequence([0x01, 0x01, 0xFF], DER.integer([0])) : DER.sequence())
        // keyUsage: keyCertSign and cRLSign, or digitalSignature. One literal: see Toolchain/lib/literals.py.
        list += entry(0x0F, isCritical: true, DER.bits([isAuthority ? 0x06 : 0x80], unused: isAuthority ? 1 : 7))
        if !isAuthority {
            // extKeyUsage: id-kp-serverAuth is 1, id-kp-clientAuth 2.
            let purpose: UInt8 = content.purpose == .server ? 1 : 2
            list += entry(0x25, DER.sequence(DER.identifier([0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, purpose])))
        }
        if !content.alternativeNames.isEmpty {
            list += entry(0x11, DER.value(0x30, content.alternativeNames.flatMap { $0.der }))
        }
        list += entry(0x0E, DER.octets(keyIdentifier(publicKey)))
        list += entry(0x23, DER.sequence(DER.value(0x80, keyIdentifier(issuerKey))))
        return DER.value(0x30, list)
    }

    /// An extension of the arc id-ce, 2.5.29.
    private static func entry(_ number: UInt8, isCritical: Bool = false, _ content: [UInt8]) -> [UInt8] {
        DER.sequence(DER.identifier([0x55, 0x1D, number]), isCritical ? [0x01, 0x01, 0xFF] : [], DER.octets(content))
    }

    /// The first 160 bits of the key's SHA-256 (RFC 7093, 2).
    private static func keyIdentifier(_ publicKey: [UInt8]) -> [UInt8] {
        let digest = SHA256()
        // The bit string of a P-256 key: the last 65 bytes of its information.
        digest.update(Array(publicKey.suffix(65)))
        return Array(digest.finish().prefix(20))
    }
}
