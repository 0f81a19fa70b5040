import CMbedTLS

/// A public key that checks signatures: ECDSA on the curve P-256 (secp256r1). May be used on any thread.
///
///     let key = try SignatureKey(pem: pem)
///     key.verifies(signature, of: sha256)
public struct SignatureKey: Sendable {
    /// With the NUL that mbedTLS wants behind PEM.
    private let pem: [UInt8]

    /// - Parameter pem: begins with `-----BEGIN PUBLIC KEY-----`.
    public init(pem: [UInt8]) throws(SignatureKeyError) {
        self.pem = pem + [0]
        let fault: String? = Self.withKey(self.pem) { key in
            guard let key else { return "it is not a public key in PEM form" }
            return martlet_other_key(key).map { "it is a key of \(String(cString: $0)); only EC P-256 (prime256v1) is taken" }
        }
        if let fault { throw SignatureKeyError(message: fault) }
    }

    /// Whether the owner of the key signed this.
    /// - Parameters:
    ///   - signature: DER, as openssl writes it.
    ///   - digest: the 32 bytes of SHA-256 of what was signed.
    public func verifies(_ signature: [UInt8], of digest: [UInt8]) -> Bool {
        Self.withKey(pem) { key in
            mbedtls_pk_verify(key, MBEDTLS_MD_SHA256, digest, digest.count, signature, signature.count) == 0
        }
    }

    /// The parsed key, for the time of a call; nil: it is none. Parsing takes some 100 µs, far less than a verification.
    private static func withKey<Result>(_ pem: [UInt8], _ body: (UnsafeMutablePointer<mbedtls_pk_context>?) -> Result) -> Result {
        var context = mbedtls_pk_context()
        mbedtls_pk_init(&context)
        defer { mbedtls_pk_free(&context) }
        return mbedtls_pk_parse_public_key(&context, pem, pem.count) == 0 ? body(&context) : body(nil)
    }
}
