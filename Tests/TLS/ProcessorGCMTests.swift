#if arch(x86_64)
    import CMbedTLS
    import Testing

    @testable import TLS

    struct ProcessorGCMTests {
        /// What one of the two makes of some text.
        struct Sealed: Equatable {
            var text: [UInt8]
            var tag = [UInt8](repeating: 0, count: 16)
        }

        let gcm = UnsafeMutablePointer<mbedtls_gcm_context>.allocate(capacity: 1)

        func withKey(_ bits: Int, _ body: () -> Void) {
            mbedtls_gcm_init(gcm)
            let key = random(bits / 8)
            #expect(mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key, UInt32(bits)) == 0)
            body()
            mbedtls_gcm_free(gcm)
        }

        func random(_ count: Int) -> [UInt8] { (0..<count).map { _ in .random(in: 0...255) } }

        func own(_ text: [UInt8], encrypts: Bool, nonce: [UInt8], added: [UInt8]) -> Sealed {
            var made = Sealed(text: text)
            let aes = gcm.pointee.cipher_ctx.cipher_ctx.assumingMemoryBound(to: mbedtls_aes_context.self)
            made.text.withUnsafeMutableBufferPointer { bytes in  // in place, as TLS does it
                var none: UInt8 = 0
                withUnsafeMutablePointer(to: &none) { none in
                    let place = bytes.baseAddress ?? none
                    martlet_gcm(aes, encrypts ? 1 : 0, text.count, nonce, added, added.count, place, place, &made.tag)
                }
            }
            return made
        }

        @Test(arguments: [128, 256]) func `it makes of any text, in place, what mbedTLS makes of it, and turns that back`(bits: Int) {
            guard mbedtls_aesni_has_support(UInt32(MBEDTLS_AESNI_AES)) != 0, mbedtls_aesni_has_support(UInt32(MBEDTLS_AESNI_CLMUL)) != 0
            else { return }
            for count in Array(0...200) + [1023, 1024, 1025, 16383, 16384] {
                withKey(bits) {
                    let nonce = random(12), added = random(count % 40), text = random(count)
                    var expected = Sealed(text: text)
                    let result = mbedtls_gcm_crypt_and_tag(
                        gcm, MBEDTLS_GCM_ENCRYPT, count, nonce, 12, added, added.count, text, &expected.text, 16, &expected.tag)
                    #expect(result == 0)
                    let made = own(text, encrypts: true, nonce: nonce, added: added)
                    #expect(made == expected, "\(count) bytes")
                    #expect(
                        own(made.text, encrypts: false, nonce: nonce, added: added) == Sealed(text: text, tag: expected.tag),
                        "\(count) bytes")
                }
            }
        }

        @Test func `it is not for other nonces, tags and ciphers`() {
            withKey(128) {
                #expect(martlet_gcm_can(gcm, 12, 16) == mbedtls_aesni_has_support(UInt32(MBEDTLS_AESNI_CLMUL)))
                #expect(martlet_gcm_can(gcm, 16, 16) == 0)
                #expect(martlet_gcm_can(gcm, 12, 12) == 0)
            }
            withKey(192) { #expect(martlet_gcm_can(gcm, 12, 16) == 0) }
            mbedtls_gcm_init(gcm)
            #expect(mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_CAMELLIA, random(16), 128) == 0)
            #expect(martlet_gcm_can(gcm, 12, 16) == 0)
            mbedtls_gcm_free(gcm)
            mbedtls_gcm_init(gcm)
            #expect(martlet_gcm_can(gcm, 12, 16) == 0)
        }
    }
#endif
