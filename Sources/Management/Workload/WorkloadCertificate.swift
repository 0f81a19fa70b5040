public import JSON

/// A certificate that was issued to a module, with its key. The key is a secret: never for a log.
public struct WorkloadCertificate: Sendable, Equatable {
    /// PEM text.
    public var privateKey: Text
    /// PEM text: the certificate, then that of its issuer.
    public var certificate: Text
    /// The end of its time, as RFC 3339: `2026-11-23T02:29:07Z`.
    public var expiration: Text

    public init(privateKey: Text, certificate: Text, expiration: Text) {
        self.privateKey = privateKey
        self.certificate = certificate
        self.expiration = expiration
    }

    /// As the workload API shows it.
    var json: JSON {
        [
            "privateKey": ["type": "key", "bytes": .string(privateKey)], "certificate": .string(certificate),
            "expiration": .string(expiration),
        ]
    }
}
