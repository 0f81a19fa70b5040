import JSON
import ModuleIdentities
import TLS
import Testing

/// Which tokens are good for whom, and when.
@Suite struct SASCheckTests {
    static let module = ModuleIdentity(deviceID: "dev1", moduleID: "mod.1")
    static let device = ModuleIdentity(deviceID: "dev1")
    static let key = SharedAccessSignatureTests.key
    let keys = SymmetricKeys(primary: key, secondary: [1, 2, 3])
    let hosts: [Text] = ["myhub.azure-devices.net", "gateway"]
    let end: Int64 = 1_795_405_626

    @Test func `the captured token is good for its module`() throws {
        try check(SharedAccessSignatureTests.captured, for: Self.module)
    }

    @Test func `five minutes after its end a token is good, a second later it is not`() throws {
        let token = token(for: Self.module)
        try check(token, for: Self.module, now: end + 300)
        #expect(kind(token, for: Self.module, now: end + 301) == .expired)
        #expect(kind(token, for: Self.module, now: .max) == .expired)
    }

    @Test func `while the clock is not plausible, the expiry is not checked`() throws {
        try check(token(for: Self.module, expiry: 1), for: Self.module, now: nil)
        #expect(kind(token(for: Self.module, expiry: 1, key: [9]), for: Self.module, now: nil) == .wrongSignature)
    }

    @Test func `either key signs, and no other`() throws {
        try check(token(for: Self.module, key: keys.primary), for: Self.module)
        try check(token(for: Self.module, key: keys.secondary), for: Self.module)
        #expect(kind(token(for: Self.module, key: [3, 2, 1]), for: Self.module) == .wrongSignature)
    }

    @Test func `the hub's name and the gateway's are good, in any case`() throws {
        try check(token(for: Self.module, host: "MyHub.azure-devices.NET"), for: Self.module)
        try check(token(for: Self.module, host: "gateway"), for: Self.module)
        #expect(
            throws: SASError(.wrongHost, "the token is for the host \"other\"; use myhub.azure-devices.net or gateway")
        ) { try check(token(for: Self.module, host: "other"), for: Self.module) }
        #expect(kind(token(for: Self.module, host: ""), for: Self.module) == .wrongHost)
    }

    @Test func `a token of the device is not good for its module, nor the other way`() {
        #expect(
            throws: SASError(.wrongIdentity, "the token is for \"/devices/dev1\", not for \"/devices/dev1/modules/mod.1\"")
        ) { try check(token(for: Self.device), for: Self.module) }
        #expect(kind(token(for: Self.module), for: Self.device) == .wrongIdentity)
    }

    @Test(arguments: [
        "/devices/dev1/modules/mod.2", "/devices/dev2/modules/mod.1", "/devices/dev1/modules/mod.1/x", "/devices/dev1/modules/mod.1/",
        "/devices/dev1/modules", "/devices/dev1", "/things/dev1/modules/mod.1", "", "/", "//devices/dev1/modules/mod.1",
    ]) func `a token for something else is refused, though the key is right`(path: String) {
        let token = SharedAccessSignature.make(resource: "\(hosts[0])\(path)", key: keys.primary, expiry: end)
        #expect(kind(token, for: Self.module) == .wrongIdentity)
    }

    @Test func `the case of an id does not count, as at edgeHub`() throws {
        try check(token(for: ModuleIdentity(deviceID: "DEV1", moduleID: "Mod.1")), for: Self.module)
    }

    @Test func `what was signed is the resource as it was received`() throws {
        for resource in [
            "myhub.azure-devices.net%2fdevices%2fdev1%2fmodules%2fmod.1", "myhub.azure-devices.net/devices/dev1/modules/mod.1",
            "myhub.azure-devices.net%2Fdevices%2fdev1%2Fmodules%2Fmod%2e1",
            "myhub%2Eazure-devices.net%252Fdevices%252Fdev1%252Fmodules%252Fmod.1",
        ] as [Text] {
            try check(raw(resource, "\(end)"), for: Self.module)
        }
        // The same resource, encoded otherwise than it was when it was signed.
        let token = raw("myhub.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fmod.1", "\(end)").string
        #expect(kind(Text(token.replacing("%2Fmod.1", with: "%2fmod.1")), for: Self.module) == .wrongSignature)
        #expect(kind(Text(token.replacing("se=\(end)", with: "se=\(end).0")), for: Self.module) == .wrongSignature)
    }

    @Test func `ids of all characters that are legal are good, encoded once and twice`() throws {
        let identity = ModuleIdentity(deviceID: "-.+%_#*?!(),=@$'", moduleID: "100%41+50%,=@$'#")
        try check(token(for: identity), for: identity)
        let twice: Text = "/devices/\(PercentCoding.encode(identity.deviceID))/modules/\(PercentCoding.encode(identity.moduleID ?? ""))"
        try check(SharedAccessSignature.make(resource: "\(hosts[0])\(twice)", key: keys.primary, expiry: end), for: identity)
    }

    @Test func `a flipped bit of the signature, the resource or the expiry is refused`() throws {
        let code = HMACSHA256.code(of: Array("h%2Fdevices%2Fdev1\n\(end)".utf8), key: keys.primary)
        for bit in 0..<256 {
            var flipped = code
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            let text: Text = "SharedAccessSignature sr=h%2Fdevices%2Fdev1&se=\(end)&sig=\(PercentCoding.encode(Base64.encode(flipped)))"
            #expect(throws: SASError.self) {
                try SharedAccessSignature(parsing: text).check(for: Self.device, hosts: ["h"], keys: keys, now: nil)
            }
        }
        let token = raw("h%2Fdevices%2Fdev1", "\(end)").bytes
        for bit in (22 + 3) * 8..<(22 + 3 + 18) * 8 {
            var flipped = token
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SASError.self) {
                try SharedAccessSignature(parsing: Text(utf8: flipped)).check(for: Self.device, hosts: ["h"], keys: keys, now: nil)
            }
        }
    }

    // MARK: - Tokens of another implementation

    @Test(
        .enabled(if: PythonSAS.isThere),
        arguments: [
            "SharedAccessSignature sr={sr}&sig={sig}&se={se}",  // Python, C
            "SharedAccessSignature sr={sr}&sig={sig}&se={se}&skn=",  // Java
            "SharedAccessSignature sr={sr}&sig={sig}&skn=&se={se}",  // Node.js, older
            "SharedAccessSignature sig={sig}&se={se}&sr={sr}",  // the documentation
            "SharedAccessSignature se={se}&skn=device&sr={sr}&sig={sig}",
        ]) func `a token of Python is good in every SDK's order of fields`(format: String) throws
    {
        let resource = "myhub.azure-devices.net/devices/dev1/modules/mod.1"
        let token = try PythonSAS.token(resource: resource, key: Self.key, expiry: "\(end)", format: format)
        try check(Text(token), for: Self.module)
    }

    @Test(.enabled(if: PythonSAS.isThere), arguments: [1, 2]) func `ids with special characters are good as Python encodes them`(
        encodings: Int
    ) throws {
        let identity = ModuleIdentity(deviceID: "a#b+c?d%e$f'g", moduleID: "%2B!(),=@*_-.")
        let token = try PythonSAS.token(
            resource: "gateway\(identity.path)", key: Self.key, expiry: "1795405626.5", encodings: encodings,
            format: "SharedAccessSignature sr={sr}&sig={sig}&se={se}")
        try check(Text(token), for: identity)
        #expect(kind(Text(token), for: Self.module) == .wrongIdentity)
    }

    @Test(.enabled(if: PythonSAS.isThere)) func `what is made here is what Python makes`() throws {
        let identity = ModuleIdentity(deviceID: "a#b+c?d%e$f'g", moduleID: "~!(),=@*_-.")
        let token = try PythonSAS.token(
            resource: "gateway\(identity.path)", key: [0, 255, 10], expiry: "\(end)",
            format: "SharedAccessSignature sr={sr}&sig={sig}&se={se}")
        #expect(SharedAccessSignature.make(resource: "gateway\(identity.path)", key: [0, 255, 10], expiry: end) == Text(token))
    }

    private func token(for identity: ModuleIdentity, host: Text = "myhub.azure-devices.net", expiry: Int64? = nil, key: [UInt8]? = nil)
        -> Text
    {
        SharedAccessSignature.make(resource: "\(host)\(identity.path)", key: key ?? keys.primary, expiry: expiry ?? end)
    }

    /// A token whose fields stand in it as they are.
    private func raw(_ resource: Text, _ expiry: Text) -> Text {
        let code = HMACSHA256.code(of: Array("\(resource)\n\(expiry)".utf8), key: keys.primary)
        return "SharedAccessSignature sr=\(resource)&sig=\(PercentCoding.encode(Base64.encode(code)))&se=\(expiry)"
    }

    private func check(_ token: Text, for identity: ModuleIdentity, now: Int64? = 1_795_400_000) throws {
        try SharedAccessSignature(parsing: token).check(for: identity, hosts: hosts, keys: keys, now: now)
    }

    /// Why it is refused; nil: it is not.
    private func kind(_ token: Text, for identity: ModuleIdentity, now: Int64? = 1_795_400_000) -> SASError.Kind? {
        do {
            try check(token, for: identity, now: now)
            return nil
        } catch {
            return (error as? SASError)?.kind
        }
    }
}
