public import UV

/// Why a connection brings nothing more.
public struct TransportError: Error, Sendable {
    /// What the system said; nil: it is TLS that failed.
    public let system: UVError?
    /// In words, without secrets.
    public let message: String

    init(_ error: UVError) {
        system = error
        message = error.message
    }

    /// Of the TLS handshake or of a record.
    init(tls message: String) {
        system = nil
        self.message = message
    }
}
