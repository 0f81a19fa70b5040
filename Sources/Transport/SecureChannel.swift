import TLS
import UV

/// The TLS part of a `Transport`.
///
///     silent ──first bytes──► handshaking ──► ready ──close_notify, EOF──► ended
///                                  └── any error ──► ended, with a reason
final class SecureChannel {
    let acceptor: TLSAcceptor
    private let stream: Stream
    /// nil until the first bytes come: who connects and says nothing costs nothing.
    private var session: TLSSession?
    var onBytes: ((UnsafeRawBufferPointer) -> Void)?
    var onEnd: ((TransportError?) -> Void)?
    var isPaused = false
    /// Waits in the acceptor's queue.
    var isQueued = false

    /// Plaintext that was decrypted behind a pause, 64 KB at most.
    private(set) var held: [UInt8] = []
    /// How it ended; told behind what is held.
    private(set) var ending: Result<Void, TransportError>?
    private var hasTold = false
    /// The stream has ended, but the acceptor has not looked at its last bytes: an alert may be among them.
    private var streamHasEnded = false

    /// What was written before the handshake was done.
    private(set) var pending: [UInt8] = []
    private var pendingDone: [(UVError?) -> Void] = []
    private var finishes = false

    init(_ acceptor: TLSAcceptor, _ stream: Stream) {
        self.acceptor = acceptor
        self.stream = stream
    }

    /// Whether the handshake is done.
    var isReady: Bool { session?.isOpen ?? false }
    var canAdvance: Bool { session?.canAdvance ?? false }

    // MARK: - Reading

    /// - Parameter bytes: are overwritten.
    func receive(_ bytes: UnsafeMutableRawBufferPointer) {
        guard ending == nil else { return }
        do throws(TLSError) {
            let session = try begun()
            try session.receive(bytes) { give($0) }
            // More than a handshake needs: the rest waits in the system's buffers.
            if session.waitingBytes > TLSSession.mostHandshakeInput { stream.pauseReading() }
            checkEnd(session)
        } catch {
            fail(error)
        }
    }

    private func begun() throws(TLSError) -> TLSSession {
        if let session { return session }
        let session = try TLSSession(acceptor.server)
        self.session = session
        return session
    }

    /// A step of the handshake.
    func advance() {
        guard let session else { return }
        let wasFull = session.waitingBytes > TLSSession.mostHandshakeInput
        do throws(TLSError) {
            try session.advance { give($0) }
            flush(session)
            if session.isOpen { opened() }
            if isPaused && session.isOpen {
                stream.pauseReading()
            } else if wasFull && session.waitingBytes <= TLSSession.mostHandshakeInput {
                stream.resumeReading()
            }
            checkEnd(session)
            if streamHasEnded && !session.canAdvance { inputEnded(nil) }
        } catch {
            if !isReady { acceptor.finished(false) }
            fail(error)
        }
    }

    private func flush(_ session: TLSSession) {
        let output = session.takeOutput()
        if !output.isEmpty { stream.write(output, done: nil) }
    }

    private func fail(_ error: TLSError) {
        if let session { flush(session) }
        end(.failure(TransportError(tls: error.message)))
    }

    private func checkEnd(_ session: TLSSession) {
        if session.hasEnded { end(.success(())) }
    }

    /// The stream has ended.
    func inputEnded(_ error: UVError?) {
        if let error {
            if let session, !session.isOpen, ending == nil { acceptor.finished(false) }
            return end(.failure(TransportError(error)))
        }
        if let session, !session.isOpen {
            streamHasEnded = true
            if session.canAdvance && ending == nil { return }
            if ending == nil { acceptor.finished(false) }
            return end(.failure(TransportError(tls: "the client left during the handshake")))
        }
        end(.success(()))
    }

    private func give(_ bytes: UnsafeRawBufferPointer) {
        if let onBytes, !isPaused, held.isEmpty { return onBytes(bytes) }
        guard stream.isOpen else { return }
        held.append(contentsOf: bytes)
        stream.pauseReading()
    }

    /// What was held back, and the end if there is one.
    func giveHeld(resume: Bool) {
        guard !isPaused, let onBytes else { return tellEnd() }
        let bytes = held
        held = []
        if !bytes.isEmpty { bytes.withUnsafeBytes { onBytes($0) } }
        if ending != nil { return tellEnd() }
        if !isPaused && resume && stream.isOpen { stream.resumeReading() }
    }

    private func end(_ ending: Result<Void, TransportError>) {
        guard self.ending == nil else { return }
        self.ending = ending
        stream.pauseReading()
        tellEnd()
    }

    private func tellEnd() {
        guard let ending, held.isEmpty, !isPaused, !hasTold, let onEnd else { return }
        hasTold = true
        self.onEnd = nil
        onBytes = nil
        failPending()
        switch ending {
        case .success: onEnd(nil)
        case .failure(let error): onEnd(error)
        }
    }

    // MARK: - Writing

    func write(_ bytes: UnsafeRawBufferPointer, _ done: ((UVError?) -> Void)?) {
        guard let session, session.isOpen else { return writeLater(bytes, done) }
        var rest = bytes
        repeat {
            let room = acceptor.room
            let (taken, filled) = session.encrypt(rest, into: room)
            rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            stream.write(UnsafeRawBufferPointer(rebasing: room[..<filled]), done: rest.isEmpty ? done : nil)
        } while !rest.isEmpty
    }

    private func writeLater(_ bytes: UnsafeRawBufferPointer, _ done: ((UVError?) -> Void)?) {
        if ending != nil || !stream.isOpen {
            if let done { acceptor.loop.soon { done(.brokenPipe) } }
            return
        }
        pending.append(contentsOf: bytes)
        if let done { pendingDone.append(done) }
    }

    /// The handshake is done: what was written in the meantime goes.
    private func opened() {
        acceptor.finished(true)
        guard !pending.isEmpty || !pendingDone.isEmpty || finishes else { return }
        let (bytes, dones) = (pending, pendingDone)
        pending = []
        pendingDone = []
        bytes.withUnsafeBytes { bytes in write(bytes) { error in for done in dones { done(error) } } }
        if finishes { finishWriting() }
    }

    private func failPending() {
        let dones = pendingDone
        pending = []
        pendingDone = []
        guard !dones.isEmpty else { return }
        acceptor.loop.soon { for done in dones { done(.canceled) } }
    }

    func finishWriting() {
        if ending == nil && !isReady {
            finishes = true
            return
        }
        sayGoodbye()
        stream.finishWriting()
    }

    private func sayGoodbye() {
        guard let notice = session?.closeNotify(), !notice.isEmpty, !hasSaidGoodbye else { return }
        hasSaidGoodbye = true
        stream.write(notice, done: nil)
    }

    private var hasSaidGoodbye = false

    func close() {
        if stream.isOpen && stream.unsentBytes == 0 { sayGoodbye() }
        onBytes = nil
        onEnd = nil
        held = []
        session = nil
        failPending()
    }
}
