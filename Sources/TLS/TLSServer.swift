import CMbedTLS

/// The server's side of TLS 1.2: what is offered to clients, the same for all its sessions. One thread.
///
/// Offered are ECDHE with ECDSA certificates and authenticated encryption only: AES-GCM, ChaCha20-Poly1305, AES-CCM; tickets for
/// resumption, kept by the client. There is no renegotiation, compression or client certificate.
public final class TLSServer {
    private let identity: () -> TLSIdentity
    private let tickets: TLSTickets
    private let fast: FastGCM?
    private var last: TLSContext?

    /// - Parameter identity: is asked before each handshake. Another identity is for new sessions; those that are open go on.
    public init(identity: @escaping () -> TLSIdentity) {
        self.identity = identity
        tickets = TLSTickets()
        fast = FastGCM.isAvailable ? FastGCM() : nil
    }

    func context() throws(TLSError) -> TLSContext {
        let present = identity()
        if let last, last.identity === present { return last }
        let context = try TLSContext(present, tickets, fast)
        last = context
        return context
    }
}
