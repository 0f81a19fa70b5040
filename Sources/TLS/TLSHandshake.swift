import CMbedTLS

/// A handshake under way, made by mbedTLS. It needs some 40 KB, and is dropped when it is done.
final class TLSHandshake {
    /// What can be done next.
    enum Progress {
        /// Nothing until more bytes come.
        case needsBytes
        /// Another step, costly as this one.
        case mayGoOn
        case done(TLSRecords)
    }

    /// What came and was not read yet. mbedTLS reads no further than its messages.
    var input: [UInt8] = []
    private var inputStart = 0
    /// What is to be sent.
    var output: [UInt8] = []

    private let context: TLSContext
    private let ssl: UnsafeMutablePointer<mbedtls_ssl_context>
    private var keys: TLSKeys?

    init(_ context: TLSContext) throws(TLSError) {
        self.context = context
        ssl = .allocate(capacity: 1)
        mbedtls_ssl_init(ssl)
        let result = mbedtls_ssl_setup(ssl, context.configuration)
        guard result == 0 else { throw .mbedTLS("no memory for a TLS handshake", result) }
        mbedtls_ssl_set_bio(
            ssl, Unmanaged.passUnretained(self).toOpaque(),
            { handshake, bytes, count in
                guard let handshake else { return MBEDTLS_ERR_SSL_INTERNAL_ERROR }
                let output = UnsafeBufferPointer(start: bytes, count: count)
                Unmanaged<TLSHandshake>.fromOpaque(handshake).takeUnretainedValue().output.append(contentsOf: output)
                return Int32(count)
            },
            { handshake, bytes, count in
                guard let handshake, let bytes else { return MBEDTLS_ERR_SSL_INTERNAL_ERROR }
                return Unmanaged<TLSHandshake>.fromOpaque(handshake).takeUnretainedValue().read(bytes, count)
            }, nil)
    }

    deinit {
        // Also wipes it.
        mbedtls_ssl_free(ssl)
        ssl.deallocate()
    }

    /// What came behind the handshake.
    var rest: ArraySlice<UInt8> { input[inputStart...] }

    private func read(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
        let given = min(count, input.count - inputStart)
        guard given > 0 else { return MBEDTLS_ERR_SSL_WANT_READ }
        input.withUnsafeBufferPointer { input in
            if let base = input.baseAddress { bytes.update(from: base + inputStart, count: given) }
        }
        inputStart += given
        if inputStart == input.count {
            input.removeAll(keepingCapacity: true)
            inputStart = 0
        }
        return Int32(given)
    }

    /// Goes on as far as what came allows, but makes one costly step at most: making a key and signing, or agreeing upon a secret.
    func advance() throws(TLSError) -> Progress {
        var madeCostlyStep = false
        while ssl.pointee.state != MBEDTLS_SSL_HANDSHAKE_OVER.rawValue {
            let state = ssl.pointee.state
            let isCostly =
                state == MBEDTLS_SSL_SERVER_KEY_EXCHANGE.rawValue || state == MBEDTLS_SSL_CLIENT_KEY_EXCHANGE.rawValue
            // Until the whole message is there, a step of it costs nothing.
            if isCostly && madeCostlyStep { return .mayGoOn }
            context.exported = nil
            let result = mbedtls_ssl_handshake_step(ssl)
            if let exported = context.exported { keys = exported }
            context.exported = nil
            if result == MBEDTLS_ERR_SSL_WANT_READ { return .needsBytes }
            guard result == 0 else { throw failure(result) }
            if isCostly { madeCostlyStep = true }
        }
        return .done(try records())
    }

    private func records() throws(TLSError) -> TLSRecords {
        let session = mbedtls_ssl_get_session_pointer(ssl)
        guard let keys, let session, let suite = mbedtls_ssl_ciphersuite_from_id(session.pointee.ciphersuite),
            let received = ssl.pointee.in_ctr
        else {
            throw TLSError("the handshake gave no keys")
        }
        let largest = mbedtls_ssl_get_output_max_frag_len(ssl)
        // Records go on being counted where the handshake has stopped.
        let read = Self.number(UnsafeRawBufferPointer(start: received, count: 8))
        let written = withUnsafeBytes(of: ssl.pointee.cur_out_ctr) { Self.number($0) }
        return TLSRecords(
            reader: try RecordCipher(suite.pointee.cipher, keys, serverWrites: false, sequence: read, fast: context.fast),
            writer: try RecordCipher(suite.pointee.cipher, keys, serverWrites: true, sequence: written, fast: context.fast),
            mostPlaintext: min(RecordCipher.mostPlaintext, max(largest, 512)))
    }

    /// Highest byte first.
    private static func number(_ bytes: UnsafeRawBufferPointer) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }

    private func failure(_ result: Int32) -> TLSError {
        switch result {
        case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE: Self.refusal(ssl.pointee.in_msg.map { $0[1] } ?? 0)
        case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY: TLSError("the client ended the handshake")
        case MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN:
            TLSError("the client offers no cipher of TLS 1.2 that is taken: ECDHE-ECDSA with AES-GCM, ChaCha20-Poly1305 or AES-CCM")
        case MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION: TLSError("the client does not offer TLS 1.2, the only version that is taken")
        case MBEDTLS_ERR_SSL_INVALID_RECORD, MBEDTLS_ERR_SSL_UNEXPECTED_RECORD: TLSError("what came is not TLS, or is damaged", alert: 10)
        case MBEDTLS_ERR_SSL_INVALID_MAC: TLSError("a message of the handshake was damaged")
        case MBEDTLS_ERR_SSL_NO_USABLE_CIPHERSUITE:
            TLSError("the client takes none of the curves or signatures that the server has: P-256 with ECDSA and SHA-256")
        default: TLSError.mbedTLS("the client's handshake is wrong", result)
        }
    }

    /// The client's own words (RFC 5246, 7.2.2).
    static func refusal(_ alert: UInt8) -> TLSError {
        switch alert {
        case 42, 43, 46: TLSError("the client does not take the certificate (alert \(alert))")
        case 44, 45: TLSError("the client holds the certificate for expired or revoked (alert \(alert)); is its clock right?")
        case 48: TLSError("the client does not know who issued the certificate (alert 48): it must trust what `martlet certificate` prints")
        case 70: TLSError("the client does not take TLS 1.2 (alert 70)")
        default: TLSError("the client refused (alert \(alert))")
        }
    }
}
