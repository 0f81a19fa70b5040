import JSON
import ModuleIdentities
import Testing

/// What is read, and what is refused as no token at all.
@Suite struct SharedAccessSignatureTests {
    /// Captured from Azure's Python SDK (key: 32 times `k`).
    static let captured: Text =
        "SharedAccessSignature sr=myhub.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod.1&sig=4RYO%2B81hwd9NpLMCy6s6LIM8VGZDQMfK7ivD8oI79O8%3D&se=1795405626"
    static let key = [UInt8](repeating: UInt8(ascii: "k"), count: 32)
    /// The base64 of 32 bytes.
    static let signature = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

    @Test func `the captured token is made, byte for byte`() {
        let resource: Text = "myhub.azure-devices.net/devices/dev1/modules/mod.1"
        #expect(SharedAccessSignature.make(resource: resource, key: Self.key, expiry: 1_795_405_626) == Self.captured)
        #expect(
            SharedAccessSignature.make(resource: resource, key: Self.key, expiry: 1_795_405_626, policy: "a b")
                == "\(Self.captured)&skn=a%20b")
    }

    @Test func `a token is read into its fields, the resource as it is`() throws {
        let token = try SharedAccessSignature(parsing: "\(Self.captured)&skn=registration")
        #expect(token.resource == "myhub.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod.1")
        #expect(token.expiry == 1_795_405_626)
        #expect(token.policy == "registration")
        #expect(!token.description.contains("4RYO"))
    }

    @Test(arguments: [
        ("1795405626", 1_795_405_626), ("1795405626.5", 1_795_405_626), ("1.795405626e9", 1_795_405_626), ("1795405626E0", 1_795_405_626),
        ("%31795405626", 1_795_405_626), ("0", 0), ("253402300799", 253_402_300_799),
    ]) func `an expiry is a number, with a fraction or exponent too`(text: String, seconds: Int64) throws {
        #expect(try parsed("sr=h&sig=\(Self.signature)&se=\(text)").expiry == seconds)
    }

    @Test(arguments: [
        "", "tomorrow", "-1", "1e300", "253402300800", "99999999999999999999", "nan", "inf", "0x10", "1795405626s", "true", "[1]", "%zz",
        "%00",
    ]) func `an expiry that is no time is refused`(text: String) {
        #expect(reason("sr=h&sig=\(Self.signature)&se=\(text)")?.contains(" se") == true)
    }

    @Test func `fields of other names mean nothing, and empty ones are passed over`() throws {
        let token = try parsed("&&future=1&SR=h&=x&Sig=\(Self.signature)&sE=1&skn=&")
        #expect(token.resource == "h")
        #expect(token.policy == nil)
    }

    @Test(arguments: [
        ("sig=\(signature)&se=1", "has no sr; it needs sr, sig and se"),
        ("sr=h&se=1", "has no sig; it needs sr, sig and se"),
        ("sr=h&sig=\(signature)", "has no se; it needs sr, sig and se"),
        ("", "has no sr; it needs sr, sig and se"),
        ("sr=&sig=\(signature)&se=1", "has an empty sr"),
        ("sr=h&sig=&se=1", "has an empty sig"),
        ("sr=h&sig=\(signature)&se=", "has an empty se"),
        ("sr=h&sr=h&sig=\(signature)&se=1", "has sr twice"),
        ("sr=h&sig=\(signature)&SIG=\(signature)&se=1", "has sig twice"),
        ("sr=h&sig=\(signature)&se=1&se=1", "has se twice"),
        ("sr=h&sig=\(signature)&se=1&skn=a&skn=b", "has skn twice"),
        ("sr=h&sig=\(signature)&se", "has a field without \"=\""),
        ("sr=h&sig=%4&se=1", "has a sig that is not percent-encoded UTF-8"),
        ("sr=h&sig=%FF&se=1", "has a sig that is not percent-encoded UTF-8"),
        ("sr=h&sig=c2hvcnQ=&se=1", "has a sig that is not the base64 of 32 bytes"),
        ("sr=h&sig=\(signature)MDE=&se=1", "has a sig that is not the base64 of 32 bytes"),
        ("sr=h&sig=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDF=&se=1", "has a sig that is not the base64 of 32 bytes"),
        (
            "sr=h&sig=\(signature)&se=1 ",
            "holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other"
        ),
        (
            "sr=h &sig=\(signature)&se=1",
            "holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other"
        ),
        (
            " sr=h&sig=\(signature)&se=1",
            "holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other"
        ),
        (
            "sr=h&sig=\(signature)&se=1\n",
            "holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other"
        ),
        (
            "sr=h\u{0}&sig=\(signature)&se=1",
            "holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other"
        ),
    ]) func `what is wrong with a token is said without showing it`(fields: String, expected: String) {
        #expect(reason(fields) == "the token \(expected)")
    }

    @Test(arguments: [
        "", "SharedAccessSignature", "sharedaccesssignature sr=h", " SharedAccessSignature sr=h", "SharedAccessSignature\tsr=h", "Bearer x",
    ])
    func `a text of another scheme is no token`(text: String) {
        #expect(throws: SASError(.malformed, "the token does not begin with \"SharedAccessSignature \"")) {
            try SharedAccessSignature(parsing: Text(text))
        }
    }

    @Test func `a token has at most 4096 bytes`() throws {
        let rest = "&sig=\(Self.signature)&se=1"
        let room = SharedAccessSignature.maximumBytes - "SharedAccessSignature sr=".utf8.count - rest.utf8.count
        #expect(try parsed("sr=" + String(repeating: "x", count: room) + rest).resource.utf8.count == room)
        #expect(reason("sr=" + String(repeating: "x", count: room + 1) + rest) == "the token has 4097 bytes; it may have 4096")
    }

    @Test func `the longest token that is of use is not too long`() throws {
        let id = Text(String(repeating: "%", count: 128))
        let path: Text = "\(PercentCoding.encode(id))/modules/\(PercentCoding.encode(id))"
        let token = SharedAccessSignature.make(
            resource: "\(String(repeating: "h", count: 253))/devices/\(path)", key: Self.key, expiry: 1, policy: id)
        #expect(token.utf8.count < SharedAccessSignature.maximumBytes)
        _ = try SharedAccessSignature(parsing: token)
    }

    private func parsed(_ fields: String) throws -> SharedAccessSignature {
        try SharedAccessSignature(parsing: "SharedAccessSignature \(fields)")
    }

    /// Why it is refused; nil: it is not.
    private func reason(_ fields: String) -> String? {
        do throws(SASError) {
            _ = try SharedAccessSignature(parsing: "SharedAccessSignature \(fields)")
            return nil
        } catch {
            return error.kind == .malformed ? error.reason.string : "\(error)"
        }
    }
}
