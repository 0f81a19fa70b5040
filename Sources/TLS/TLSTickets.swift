import CMbedTLS

/// The keys that tickets for resumption are encrypted with. They change once a day by the clock, whichever way it jumps.
final class TLSTickets {
    let context: UnsafeMutablePointer<mbedtls_ssl_ticket_context>
    private static let lifetimeSeconds: UInt32 = 86400

    init() {
        context = .allocate(capacity: 1)
        mbedtls_ssl_ticket_init(context)
        let result = mbedtls_ssl_ticket_setup(context, martlet_random, nil, MBEDTLS_CIPHER_AES_256_GCM, Self.lifetimeSeconds)
        precondition(result == 0, "setting up tickets fails only for want of memory")
    }

    deinit {
        // Also wipes it.
        mbedtls_ssl_ticket_free(context)
        context.deallocate()
    }
}
