import CMbedTLS

/// Encrypts or decrypts the records of one direction, after the handshake (RFC 5246, 6.2.3.3; RFC 5288, 6655, 7905).
///
/// mbedTLS's own record layer keeps 34 KB a session and copies each byte twice; this one keeps nothing but the cipher.
final class RecordCipher {
    /// Bytes in front of every record: type, version, length.
    static let headerLength = 5
    static let tagLength = 16
    /// Bytes of plaintext in a record.
    static let mostPlaintext = 16384
    /// Bytes that a record has beyond its plaintext, at most.
    static let mostOverhead = headerLength + 8 + tagLength

    private let key: RecordKey
    /// 12 bytes of the nonce as agreed, the 12 of the present record, and 13 that are authenticated with it.
    private let scratch: UnsafeMutablePointer<UInt8>
    /// Bytes of the nonce that stand in each record: 8 for AES, where 4 are agreed, 0 for ChaCha20.
    private let explicitLength: Int
    /// Of the next record.
    private var sequence: UInt64

    /// Bytes of the nonce that is agreed upon.
    private var nonce: UnsafeMutablePointer<UInt8> { scratch + 12 }
    private var authenticated: UnsafeMutablePointer<UInt8> { scratch + 24 }
    private static let scratchLength = 37

    /// - Parameter sequence: of the next record: one that was used before must never come again, for nonces are made of it.
    init(_ type: mbedtls_cipher_type_t, _ keys: TLSKeys, serverWrites: Bool, sequence: UInt64, fast: FastGCM?) throws(TLSError) {
        guard keys.nonceLength == 4 || keys.nonceLength == 12 else { throw TLSError("the agreed cipher's nonces are of no known kind") }
        key = try RecordKey(type, keys, serverWrites: serverWrites, fast: fast)
        self.sequence = sequence
        explicitLength = 12 - keys.nonceLength
        scratch = .allocate(capacity: Self.scratchLength)
        scratch.initialize(repeating: 0, count: Self.scratchLength)
        for (index, byte) in keys.nonce(serverWrites: serverWrites).enumerated() { scratch[index] = byte }
    }

    deinit {
        mbedtls_platform_zeroize(scratch, Self.scratchLength)
        scratch.deallocate()
    }

    /// Bytes that each record has beyond its plaintext.
    var overhead: Int { Self.headerLength + explicitLength + Self.tagLength }

    /// Writes a record.
    /// - Parameters:
    ///   - plaintext: at most 16 KB.
    ///   - record: room for `overhead` bytes more; they must not overlap.
    /// - Returns: bytes written.
    func seal(_ type: RecordType, _ plaintext: UnsafeRawBufferPointer, into record: UnsafeMutableRawPointer) -> Int {
        let bytes = record.assumingMemoryBound(to: UInt8.self)
        let length = explicitLength + plaintext.count + Self.tagLength
        bytes[0] = type.rawValue
        bytes[1] = 3
        bytes[2] = 3
        bytes[3] = UInt8(length >> 8)
        bytes[4] = UInt8(length & 0xFF)
        prepare(type.rawValue, plaintext.count)
        if explicitLength == 8 {
            for index in 0..<8 { bytes[5 + index] = authenticated[index] }
            (nonce + 4).update(from: authenticated, count: 8)
        }
        key.seal(plaintext, nonce: nonce, authenticated: authenticated, into: bytes + Self.headerLength + explicitLength)
        sequence += 1
        return Self.headerLength + length
    }

    /// Decrypts a record where it is.
    /// - Parameter record: all of it, with its header.
    /// - Returns: the plaintext, within `record`.
    func open(_ record: UnsafeMutableRawBufferPointer) throws(TLSError) -> UnsafeRawBufferPointer {
        let count = record.count - overhead
        guard count >= 0, let base = record.baseAddress else { throw TLSError("a record was too short for its cipher", alert: 20) }
        guard count <= Self.mostPlaintext else { throw TLSError("a record holds \(count) bytes; at most 16 KB are right", alert: 22) }
        let bytes = base.assumingMemoryBound(to: UInt8.self)
        prepare(bytes[0], count)
        if explicitLength == 8 { (nonce + 4).update(from: bytes + Self.headerLength, count: 8) }
        let text = bytes + Self.headerLength + explicitLength
        guard key.open(text, count: count, nonce: nonce, authenticated: authenticated) else {
            throw TLSError("a record was damaged or not made with the agreed key", alert: 20)
        }
        sequence += 1
        return UnsafeRawBufferPointer(start: text, count: count)
    }

    /// The nonce without an explicit part, and what is authenticated: sequence number, type, version and length of the plaintext.
    private func prepare(_ type: UInt8, _ count: Int) {
        for index in 0..<8 { authenticated[index] = UInt8(truncatingIfNeeded: sequence >> UInt64(56 - 8 * index)) }
        authenticated[8] = type
        authenticated[9] = 3
        authenticated[10] = 3
        authenticated[11] = UInt8(count >> 8)
        authenticated[12] = UInt8(count & 0xFF)
        nonce.update(from: scratch, count: 12)
        if explicitLength == 0 { for index in 0..<8 { nonce[4 + index] ^= authenticated[index] } }
    }
}
