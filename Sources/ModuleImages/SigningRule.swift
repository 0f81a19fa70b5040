public import JSON
public import TLS

/// Whether images must be signed, and by whom.
public struct SigningRule: Sendable {
    /// The key that signatures are checked with.
    public enum Key: Sendable {
        case none
        case key(SignatureKey)
        /// It cannot be used, for this reason.
        case unusable(Text)

        /// - Parameter pem: the text of a PEM file.
        public init(pem: [UInt8]) {
            do throws(SignatureKeyError) {
                self = .key(try SignatureKey(pem: pem))
            } catch {
                self = .unusable(Text(error.message))
            }
        }
    }

    private let key: Key
    private let isRequired: Bool

    /// No image needs a signature, and none may have one that nobody checks.
    public static let none = SigningRule(.none, isRequired: false)

    public init(_ key: Key, isRequired: Bool) {
        self.key = key
        self.isRequired = isRequired
    }

    /// Why the key cannot be used, and what to do; nil: it can, or there is none.
    public var keyFault: Text? {
        guard case .unusable(let reason) = key else { return nil }
        return "\(reason); make one with openssl ecparam -name prime256v1 -genkey, and its public part with openssl ec -pubout"
    }

    /// - Parameters:
    ///   - signature: DER; nil: there is none.
    ///   - path: for the message.
    /// - Throws: where the image must not be loaded; names it, its digest and the remedy.
    public func check(_ digest: ImageDigest, signature: [UInt8]?, path: String) throws(ImageError) {
        func refusal(_ reason: Text) -> ImageError { ImageError("image \(path) (\(digest.text)) \(reason)") }
        let sign: Text = "openssl dgst -sha256 -sign KEY \(path) | base64 -w0"
        guard let signature else {
            if !isRequired { return }
            throw refusal("has no signature, which host.imageSigning requires; put the output of \(sign) into settings.signature")
        }
        switch key {
        case .none:
            throw refusal("has a signature, and there is no key to check it with; name the key in host.imageSigning.publicKey")
        case .unusable(let reason):
            throw refusal("cannot be checked: host.imageSigning.publicKey: \(reason)")
        case .key(let key):
            if key.verifies(signature, of: digest.bytes) { return }
            throw refusal(
                "does not fit settings.signature and host.imageSigning.publicKey; check that file, signature and key belong together, or sign it anew with \(sign)"
            )
        }
    }
}
