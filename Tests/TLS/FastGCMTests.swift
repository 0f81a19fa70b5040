import Testing

@testable import TLS

/// Beside mbedTLS's cipher, where the processor of this machine has what it takes.
@Suite struct FastGCMTests {
    @Test(.enabled(if: FastGCM.isAvailable), arguments: [0, 1, 15, 16, 17, 1000, 16384])
    func `it writes what mbedTLS's cipher writes`(count: Int) {
        let fast = FastGCM()
        let text = RandomBytes.make(count), nonce = RandomBytes.make(12), added = RandomBytes.make(13)
        // The second key takes the first one's place.
        for key in [RandomBytes.make(32), RandomBytes.make(32)] {
            #expect(seal(fast, text, key, nonce, added) == AES256GCM.seal(text, key: key, nonce: nonce, authenticated: added))
        }
    }

    @Test(.enabled(if: FastGCM.isAvailable)) func `it is the cipher of the standard with a short key`() {
        // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 2.
        let zeros = [UInt8](repeating: 0, count: 16)
        let sealed = seal(FastGCM(), zeros, zeros, [UInt8](repeating: 0, count: 12), [])
        #expect(SHA256.hex(sealed) == "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf")
    }

    @Test(.enabled(if: FastGCM.isAvailable), arguments: [16, 32]) func `only what was sealed is opened, and only as it was`(length: Int) {
        let fast = FastGCM()
        let text = RandomBytes.make(40), key = RandomBytes.make(length), nonce = RandomBytes.make(12), added = RandomBytes.make(13)
        let sealed = seal(fast, text, key, nonce, added)
        #expect(open(fast, sealed, key, nonce, added) == text)
        #expect(open(fast, sealed, RandomBytes.make(length), nonce, added) == nil)
        #expect(open(fast, sealed, key, RandomBytes.make(12), added) == nil)
        #expect(open(fast, sealed, key, nonce, RandomBytes.make(13)) == nil)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(open(fast, changed, key, nonce, added) == nil)
        }
    }

    private func seal(_ fast: FastGCM, _ text: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ added: [UInt8]) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: text.count + FastGCM.tagLength)
        key.withUnsafeBufferPointer { key in
            added.withUnsafeBufferPointer { added in
                text.withUnsafeBytes { fast.seal($0, key: key, nonce: nonce, authenticated: added, into: &output) }
            }
            // The array's memory is another's soon.
            if let base = key.baseAddress { fast.forget(base) }
        }
        return output
    }

    private func open(_ fast: FastGCM, _ sealed: [UInt8], _ key: [UInt8], _ nonce: [UInt8], _ added: [UInt8]) -> [UInt8]? {
        var bytes = sealed
        let count = sealed.count - FastGCM.tagLength
        let isRight = key.withUnsafeBufferPointer { key in
            added.withUnsafeBufferPointer { added in
                defer { if let base = key.baseAddress { fast.forget(base) } }
                return fast.open(&bytes, count: count, key: key, nonce: nonce, authenticated: added)
            }
        }
        return isRight ? Array(bytes.prefix(count)) : nil
    }
}
