import CMbedTLS

/// What a handshake has agreed upon for the records of both directions. Wiped when it goes.
final class TLSKeys {
    let keyLength: Int
    let nonceLength: Int
    private let block: UnsafeMutableBufferPointer<UInt8>

    /// - Parameters:
    ///   - block: client's key, server's key, client's part of nonces, server's.
    ///   - nonceLength: bytes of the part of nonces that stays: 4 or 12.
    init(_ block: UnsafePointer<UInt8>, keyLength: Int, nonceLength: Int) {
        self.keyLength = keyLength
        self.nonceLength = nonceLength
        self.block = .allocate(capacity: 2 * (keyLength + nonceLength))
        _ = self.block.initialize(from: UnsafeBufferPointer(start: block, count: self.block.count))
    }

    deinit {
        mbedtls_platform_zeroize(block.baseAddress, block.count)
        block.deallocate()
    }

    /// The key of what the server writes, or of what it reads. It stays where it is as long as this lives.
    func key(serverWrites: Bool) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: block[(serverWrites ? keyLength : 0)...].prefix(keyLength))
    }

    /// The agreed part of the nonces, likewise.
    func nonce(serverWrites: Bool) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: block[(2 * keyLength + (serverWrites ? nonceLength : 0))...].prefix(nonceLength))
    }
}
