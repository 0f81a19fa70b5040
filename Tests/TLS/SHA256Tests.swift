import TLS
import Testing

@Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
]) func `digests are those of FIPS 180-2`(text: String, digest: String) {
    let sha = SHA256()
    sha.update(Array(text.utf8))
    #expect(SHA256.hex(sha.finish()) == digest)
}

@Test func `parts give the digest of the whole`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = SHA256()
    whole.update(bytes)
    let parts = SHA256()
    for start in stride(from: 0, to: 1000, by: 33) { parts.update(Array(bytes[start..<min(start + 33, 1000)])) }
    parts.update([])
    #expect(parts.finish() == whole.finish())
}

@Test func `after finish a new digest begins`() {
    let sha = SHA256()
    sha.update([1, 2, 3])
    let first = sha.finish()
    #expect(first.count == 32)
    sha.update([1, 2, 3])
    #expect(sha.finish() == first)
}
