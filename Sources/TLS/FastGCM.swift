import CMbedTLS
import CNettle

/// AES-GCM by Nettle, for processors with instructions for AES.
///
/// A key as Nettle prepares it has 4 KB, and preparing it takes 0.1 µs: it is kept for the key that was used last, and sessions keep the 16
/// or 32 bytes alone. One for all sessions of a server; one thread.
final class FastGCM {
    /// Whether the processor has those instructions. Without them Nettle's tables are neither fast nor safe from who watches the cache.
    static var isAvailable: Bool { martlet_has_aes() != 0 }

    static let tagLength = 16

    private let prepared: UnsafeMutablePointer<martlet_gcm>
    /// Whose key is prepared.
    private var last: UnsafePointer<UInt8>?

    init() {
        prepared = .allocate(capacity: 1)
    }

    deinit {
        mbedtls_platform_zeroize(prepared, MemoryLayout<martlet_gcm>.size)
        prepared.deallocate()
    }

    /// Encrypts.
    /// - Parameters:
    ///   - key: 16 or 32 bytes, which do not change until `forget`.
    ///   - nonce: 12 bytes, never twice with the same key.
    ///   - output: as many bytes as the text and the tag have.
    func seal(
        _ text: UnsafeRawBufferPointer, key: UnsafeBufferPointer<UInt8>, nonce: UnsafePointer<UInt8>,
        authenticated: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) {
        prepare(key)
        martlet_gcm_begin(prepared, nonce, authenticated.baseAddress, authenticated.count)
        // Nettle moves nothing for no bytes, but wants no NULL.
        let source = text.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? UnsafePointer(output)
        martlet_gcm_seal(prepared, source, text.count, output)
    }

    /// Decrypts where it is.
    /// - Parameters:
    ///   - text: `count` bytes and the tag.
    ///   - key: as of `seal`.
    /// - Returns: whether the tag is right. If not, the text is wiped.
    func open(
        _ text: UnsafeMutablePointer<UInt8>, count: Int, key: UnsafeBufferPointer<UInt8>, nonce: UnsafePointer<UInt8>,
        authenticated: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        prepare(key)
        martlet_gcm_begin(prepared, nonce, authenticated.baseAddress, authenticated.count)
        let isRight = martlet_gcm_open(prepared, text, count) != 0
        if !isRight { mbedtls_platform_zeroize(text, count) }
        return isRight
    }

    /// The key's memory is about to be another's.
    func forget(_ key: UnsafePointer<UInt8>) {
        if last == key { last = nil }
    }

    private func prepare(_ key: UnsafeBufferPointer<UInt8>) {
        guard let base = key.baseAddress, last != base else { return }
        martlet_gcm_set_key(prepared, base, key.count)
        last = base
    }
}
