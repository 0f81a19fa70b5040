import CMbedTLS

/// mbedTLS's configuration for one identity. Handshakes under way hold it; open sessions do not need it.
final class TLSContext {
    let identity: TLSIdentity
    let configuration: UnsafeMutablePointer<mbedtls_ssl_config>
    private let tickets: TLSTickets
    /// nil: mbedTLS computes AES-GCM too.
    let fast: FastGCM?
    /// The keys of the handshake whose step runs, for it to take.
    var exported: TLSKeys?

    init(_ identity: TLSIdentity, _ tickets: TLSTickets, _ fast: FastGCM?) throws(TLSError) {
        self.identity = identity
        self.tickets = tickets
        self.fast = fast
        configuration = .allocate(capacity: 1)
        mbedtls_ssl_config_init(configuration)
        try setUp()
    }

    deinit {
        mbedtls_ssl_config_free(configuration)
        configuration.deallocate()
    }

    private func setUp() throws(TLSError) {
        let configuration = self.configuration
        var result = mbedtls_ssl_config_defaults(
            configuration, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT)
        guard result == 0 else { throw .mbedTLS("TLS could not be set up", result) }
        mbedtls_ssl_conf_rng(configuration, martlet_random, nil)
        mbedtls_ssl_conf_min_version(configuration, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3)
        mbedtls_ssl_conf_max_version(configuration, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3)
        mbedtls_ssl_conf_ciphersuites(configuration, martlet_ciphersuites(fast != nil))
        mbedtls_ssl_conf_curves(configuration, martlet_curves())
        mbedtls_ssl_conf_sig_hashes(configuration, martlet_signature_hashes())
        mbedtls_ssl_conf_authmode(configuration, MBEDTLS_SSL_VERIFY_NONE)
        mbedtls_ssl_conf_renegotiation(configuration, MBEDTLS_SSL_RENEGOTIATION_DISABLED)
        mbedtls_ssl_conf_session_tickets_cb(
            configuration, { mbedtls_ssl_ticket_write($0, $1, $2, $3, $4, $5) }, { mbedtls_ssl_ticket_parse($0, $1, $2, $3) },
            tickets.context)
        mbedtls_ssl_conf_export_keys_cb(
            configuration,
            { context, _, block, macLength, keyLength, nonceLength in
                guard let context, let block, macLength == 0 else { return MBEDTLS_ERR_SSL_INTERNAL_ERROR }
                Unmanaged<TLSContext>.fromOpaque(context).takeUnretainedValue().exported = TLSKeys(
                    block, keyLength: keyLength, nonceLength: nonceLength)
                return 0
            }, Unmanaged.passUnretained(self).toOpaque())
        result = mbedtls_ssl_conf_own_cert(configuration, identity.chain, identity.key.context)
        guard result == 0 else { throw .mbedTLS("certificate and key could not be used", result) }
    }
}
