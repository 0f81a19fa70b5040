import TLS
import Testing

@Suite struct AES256GCMTests {
    private let key = [UInt8](repeating: 0, count: 32)
    private let nonce = [UInt8](repeating: 0, count: 12)

    @Test func `it is the cipher of the standard`() {
        // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 14.
        let sealed = AES256GCM.seal([UInt8](repeating: 0, count: 16), key: key, nonce: nonce)
        #expect(SHA256.hex(sealed) == "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
        // Test case 13: nothing but the tag.
        #expect(SHA256.hex(AES256GCM.seal([], key: key, nonce: nonce)) == "530f8afbc74536b9a963b4f1c4cb738b")
    }

    @Test(arguments: [0, 1, 16, 1000]) func `only what was sealed is opened, and only as it was`(count: Int) {
        let text = RandomBytes.make(count), key = RandomBytes.make(32), nonce = RandomBytes.make(16), added: [UInt8] = [1, 2, 3]
        let sealed = AES256GCM.seal(text, key: key, nonce: nonce, authenticated: added)
        #expect(sealed.count == count + AES256GCM.tagLength)
        #expect(AES256GCM.open(sealed, key: key, nonce: nonce, authenticated: added) == text)
        #expect(AES256GCM.open(sealed, key: key, nonce: nonce) == nil)
        #expect(AES256GCM.open(sealed, key: RandomBytes.make(32), nonce: nonce, authenticated: added) == nil)
        #expect(AES256GCM.open(sealed, key: key, nonce: RandomBytes.make(16), authenticated: added) == nil)
        #expect(AES256GCM.open(Array(sealed.dropLast()), key: key, nonce: nonce, authenticated: added) == nil)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(AES256GCM.open(changed, key: key, nonce: nonce, authenticated: added) == nil)
        }
    }

    @Test func `wrong lengths open nothing`() {
        #expect(AES256GCM.open([], key: key, nonce: nonce) == nil)
        #expect(AES256GCM.open([UInt8](repeating: 0, count: 15), key: key, nonce: nonce) == nil)
        #expect(AES256GCM.open([UInt8](repeating: 0, count: 16), key: [1], nonce: nonce) == nil)
        #expect(AES256GCM.open([UInt8](repeating: 0, count: 16), key: key, nonce: []) == nil)
    }
}
