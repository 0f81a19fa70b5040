import CMbedTLS

/// The SHA-256 digest of bytes that come in parts.
///
///     let digest = SHA256()
///     digest.update(part)
///     SHA256.hex(digest.finish())
public final class SHA256 {
    /// Allocated, so that it stays in one place and is wiped where it was.
    private let context: UnsafeMutablePointer<mbedtls_sha256_context>

    public init() {
        context = .allocate(capacity: 1)
        mbedtls_sha256_init(context)
        start()
    }

    deinit {
        // Also wipes it.
        mbedtls_sha256_free(context)
        context.deallocate()
    }

    /// Takes the next part, of any size.
    public func update(_ bytes: UnsafeRawBufferPointer) {
        let input = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = mbedtls_sha256_update_ret(context, input, bytes.count)
        precondition(result == 0, "SHA-256 without hardware does not fail")
    }

    /// Takes the next part, of any size.
    public func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The 32 bytes of the digest. The next update begins a new one.
    public func finish() -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let result = mbedtls_sha256_finish_ret(context, buffer.baseAddress)
            precondition(result == 0, "SHA-256 without hardware does not fail")
            count = 32
        }
        start()
        return digest
    }

    /// Bytes as lower-case hexadecimal digits, two a byte.
    public static func hex(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            for nibble in [byte >> 4, byte & 0x0F] {
                digits.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private func start() {
        let result = mbedtls_sha256_starts_ret(context, 0)
        precondition(result == 0, "SHA-256 without hardware does not fail")
    }
}
