public import JSON

/// What is wrong with the device's certificate authority, or with what one asks of it.
public struct CertificateError: Error, Equatable, Sendable {
    /// Names the file or value, what is wrong with it, and the remedy; no secrets.
    public let message: Text

    init(_ message: Text) {
        self.message = message
    }
}
