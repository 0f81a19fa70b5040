import JSON
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of RFC 4648`(plain: String, text: String) {
        #expect(Base64.encode(plain.utf8) == Text(text))
        #expect(Base64.decode(Text(text)) == Array(plain.utf8))
    }

    @Test func `every byte at every place of a group comes back`() {
        for byte in UInt8.min...UInt8.max {
            for bytes in [[byte], [0, byte], [0xFF, 0, byte], [byte, byte, byte, byte]] {
                #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            }
        }
    }

    @Test(arguments: ["Zg", "Zg=", "Z===", "====", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Z=g=", "Zm9-", "Zm9_", "Zmä="])
    func `what is not strict is refused`(text: String) {
        #expect(Base64.decode(Text(text)) == nil)
    }
}
