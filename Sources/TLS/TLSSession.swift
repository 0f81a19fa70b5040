/// One TLS connection, the server's side, without I/O: bytes of the network in and out, plaintext out and in. One thread.
///
/// While the handshake is under way it holds some 40 KB, afterwards 2 KB and the beginning of a record whose rest has not come.
///
///     let session = try TLSSession(server)
///     try session.receive(bytes) { … }                  // from the network
///     while session.canAdvance { try session.advance() } // a costly step each: 1 ms on a PC, 20 ms on a small board
///     send(session.takeOutput())
public final class TLSSession {
    private enum State {
        case handshaking(TLSHandshake)
        case open(TLSRecords)
        case failed
    }

    private var state: State
    private var unsent: [UInt8] = []

    /// During a handshake more bytes than this need not be kept: the largest message of it has 16 KB.
    public static let mostHandshakeInput = 32 << 10
    /// Room that any record fits into.
    public static let mostRecordLength = RecordCipher.mostPlaintext + RecordCipher.mostOverhead

    /// Begins a handshake with the server's present identity.
    public init(_ server: TLSServer) throws(TLSError) {
        state = .handshaking(try TLSHandshake(try server.context()))
    }

    /// Whether the handshake is done and nothing has failed.
    public var isOpen: Bool { if case .open = state { true } else { false } }

    /// Whether the client has said that it writes nothing more (close_notify).
    public var hasEnded: Bool { if case .open(let records) = state { records.hasEnded } else { false } }

    /// Whether there are bytes of a handshake that `advance` has not looked at.
    public private(set) var canAdvance = false

    /// Bytes of a handshake that wait for `advance`.
    public var waitingBytes: Int { if case .handshaking(let handshake) = state { handshake.rest.count } else { 0 } }

    /// Takes what came. During the handshake it is kept for `advance`; afterwards it is decrypted where it is.
    /// - Parameters:
    ///   - bytes: are overwritten.
    ///   - plaintext: at most twice, with bytes that are valid until it returns. It must not call this session's `receive` or `advance`.
    /// - Throws: what was wrong with a record. What was in front of it has been given out. Nothing more can be received.
    public func receive(_ bytes: UnsafeMutableRawBufferPointer, _ plaintext: (UnsafeRawBufferPointer) -> Void) throws(TLSError) {
        switch state {
        case .failed: return
        case .handshaking(let handshake):
            handshake.input.append(contentsOf: bytes)
            canAdvance = true
        case .open(let records):
            do throws(TLSError) {
                try records.receive(bytes, plaintext)
            } catch {
                fail(error)
                throw error
            }
        }
    }

    /// Goes on with the handshake, by one costly step at most. Afterwards `takeOutput` may have something to send.
    /// - Parameter plaintext: takes what came behind the handshake.
    /// - Throws: why the handshake failed. An alert for the client is in the output.
    public func advance(_ plaintext: (UnsafeRawBufferPointer) -> Void) throws(TLSError) {
        guard case .handshaking(let handshake) = state else { return }
        do throws(TLSError) {
            let progress = try handshake.advance()
            collect(handshake)
            switch progress {
            case .needsBytes: canAdvance = false
            case .mayGoOn: break
            case .done(let records):
                canAdvance = false
                state = .open(records)
                try open(records, Array(handshake.rest), plaintext)
            }
        } catch {
            collect(handshake)
            fail(error)
            throw error
        }
    }

    private func open(
        _ records: TLSRecords, _ rest: [UInt8], _ plaintext: (UnsafeRawBufferPointer) -> Void
    ) throws(TLSError) {
        guard !rest.isEmpty else { return }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: rest.count, alignment: 16)
        defer { memory.deallocate() }
        memory.copyBytes(from: rest)
        try records.receive(memory, plaintext)
    }

    private func collect(_ handshake: TLSHandshake) {
        if unsent.isEmpty { swap(&unsent, &handshake.output) } else { unsent += handshake.output }
        handshake.output = []
    }

    private func fail(_ error: TLSError) {
        if let alert = error.alert, case .open(let records) = state { unsent += Self.alert(2, alert, records) }
        if let alert = error.alert, case .handshaking = state { unsent += [RecordType.alert.rawValue, 3, 3, 0, 2, 2, alert] }
        canAdvance = false
        state = .failed
    }

    /// What is to be sent now: messages of the handshake, or an alert. Empty most of the time.
    public func takeOutput() -> [UInt8] {
        guard !unsent.isEmpty else { return [] }
        var output: [UInt8] = []
        swap(&output, &unsent)
        return output
    }

    /// Encrypts as much as fits.
    /// - Parameters:
    ///   - plaintext: of the application.
    ///   - room: for records; `mostRecordLength` bytes take 16 KB of plaintext. Must not overlap.
    /// - Returns: bytes of the plaintext that are encrypted, and of the room that are filled. 0 and 0 when the session is not open.
    public func encrypt(
        _ plaintext: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
    ) -> (taken: Int, filled: Int) {
        guard case .open(let records) = state, let base = room.baseAddress else { return (taken: 0, filled: 0) }
        var (taken, filled) = (0, 0)
        while taken < plaintext.count {
            let count = min(plaintext.count - taken, records.mostPlaintext, room.count - filled - records.overhead)
            guard count > 0 else { break }
            let part = UnsafeRawBufferPointer(rebasing: plaintext[taken..<(taken + count)])
            filled += records.seal(.applicationData, part, into: base + filled)
            taken += count
        }
        return (taken: taken, filled: filled)
    }

    /// The last record of an open session: nothing more will be written. Empty otherwise.
    public func closeNotify() -> [UInt8] {
        guard case .open(let records) = state else { return [] }
        return Self.alert(1, 0, records)
    }

    private static func alert(_ level: UInt8, _ description: UInt8, _ records: TLSRecords) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 2 + RecordCipher.mostOverhead) { buffer, count in
            let content: [UInt8] = [level, description]
            guard let base = buffer.baseAddress else { return }
            count = content.withUnsafeBytes { records.seal(.alert, $0, into: UnsafeMutableRawPointer(base)) }
        }
    }
}
