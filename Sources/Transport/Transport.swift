public import UV

/// One connection, plain or TLS, of which the owner sees plaintext alone: it is used as a `Stream` is. Dropping it closes it.
public final class Transport {
    let stream: Stream
    /// nil: plain.
    private let secure: SecureChannel?

    /// A plain connection, or the server's side of a TLS connection, which waits for the client's handshake.
    public init(_ stream: Stream, tls: TLSAcceptor? = nil) {
        self.stream = stream
        secure = tls.map { SecureChannel($0, stream) }
        if let secure { open(secure) }
    }

    deinit {
        close()
    }

    /// Whether it is a TLS connection.
    public var isSecure: Bool { secure != nil }

    /// False after `close`.
    public var isOpen: Bool { stream.isOpen }

    /// Bytes that were given to `write` and that the system has not taken yet, encrypted. The writer keeps them bounded.
    public var unsentBytes: Int { stream.unsentBytes + (secure?.pending.count ?? 0) }

    /// Called each time `unsentBytes` falls to 0. Released by `close`.
    public var onDrain: (() -> Void)? {
        get { stream.onDrain }
        set { stream.onDrain = newValue }
    }

    /// The process that connected to a unix socket; nil for other streams.
    public var peerProcessID: Int32? { stream.peerProcessID }

    /// Starts reading. Replaces the closures of an earlier call.
    /// - Parameters:
    ///   - bytes: what came, 64 KB at most, valid until it returns.
    ///   - end: once, at the end: nil when the other side has finished (a TLS client also without close_notify: who reads knows the length
    ///     of what it reads), else why reading failed, a handshake that failed among it. The connection stays open until `close`.
    public func read(_ bytes: @escaping (UnsafeRawBufferPointer) -> Void, end: @escaping (TransportError?) -> Void) {
        guard let secure else {
            return stream.read(bytes, end: { error in end(error.map { TransportError($0) }) })
        }
        secure.onBytes = bytes
        secure.onEnd = end
        resumeReading()
    }

    /// No bytes are given out until `resumeReading`; the other side feels it when the system's buffers are full. Nor is its end noticed. A
    /// handshake goes on.
    public func pauseReading() {
        guard let secure else { return stream.pauseReading() }
        secure.isPaused = true
        if secure.isReady { stream.pauseReading() }
    }

    /// Goes on after `pauseReading`. Does nothing before `read` and after the end.
    public func resumeReading() {
        guard let secure else { return stream.resumeReading() }
        guard secure.onEnd != nil else { return }
        secure.isPaused = false
        if secure.held.isEmpty && secure.ending == nil {
            stream.resumeReading()
        } else {
            secure.acceptor.loop.soon { [self] in secure.giveHeld(resume: isOpen) }
        }
    }

    /// Writes after what was written before; before the end of a handshake it waits for that. One call is one record (16 KB at most), so
    /// what belongs together is best written together.
    /// - Parameter done: once, in a later turn: nil when the system has taken all, EPIPE or ECONNRESET when the other side is gone or TLS
    ///   has failed, ECANCELED when the connection was closed first. Not called when the loop is closed before that turn.
    public func write(_ bytes: [UInt8], done: ((UVError?) -> Void)? = nil) {
        bytes.withUnsafeBytes { write($0, done: done) }
    }

    /// The same for bytes that are valid until this returns.
    public func write(_ bytes: UnsafeRawBufferPointer, done: ((UVError?) -> Void)? = nil) {
        if let secure { secure.write(bytes, done) } else { stream.write(bytes, done: done) }
    }

    /// Tells the other side that nothing more comes, after what is still unsent: close_notify, and the end of the stream. Reading goes on.
    public func finishWriting() {
        if let secure { secure.finishWriting() } else { stream.finishWriting() }
    }

    /// Closes now, without sending what is still unsent; a TLS client is sent close_notify where it can be sent at once. No closure is
    /// called any more, except that pending writes end with ECANCELED in a later turn; all are released. Idempotent.
    public func close() {
        secure?.close()
        stream.close()
    }

    // MARK: - TLS

    /// The stream is read from the beginning, for the handshake.
    private func open(_ secure: SecureChannel) {
        let transport = Unmanaged.passUnretained(self)
        stream.read({ transport.takeUnretainedValue().received($0) }, end: { transport.takeUnretainedValue().inputEnded($0) })
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        guard let secure else { return }
        // The loop's buffer, which streams read into anew each time.
        secure.receive(UnsafeMutableRawBufferPointer(mutating: bytes))
        queueHandshake(secure)
    }

    private func inputEnded(_ error: UVError?) {
        secure?.inputEnded(error)
    }

    private func queueHandshake(_ secure: SecureChannel) {
        guard secure.canAdvance, !secure.isQueued else { return }
        secure.isQueued = true
        secure.acceptor.enqueue(self)
    }

    /// The acceptor's turn for this one.
    /// - Returns: whether there was something to do.
    func advanceHandshake() -> Bool {
        guard let secure else { return false }
        secure.isQueued = false
        guard isOpen, secure.canAdvance else { return false }
        secure.advance()
        queueHandshake(secure)
        return true
    }
}
