public import JSON
import TLS

/// A token by which a device or module shows that it has its key:
/// `SharedAccessSignature sr={resource}&sig={signature}&se={expiry}`, in any order. (IoT Hub: security tokens)
///
///     let token = try SharedAccessSignature(parsing: password)
///     try token.check(for: identity, hosts: [hubHostName, gatewayHostName], keys: keys, now: seconds)
public struct SharedAccessSignature: Sendable {
    /// Bytes of a token. The longest that is of use has some 2.5 KB: 253 of a host name and twice 128 of ids, each ids' byte as the five of
    /// `%25XX`, and a policy's name.
    public static let maximumBytes = 4096

    /// Seconds by which clocks may differ: a token counts so long after its end. (edgeHub: MaxClockSkew)
    public static let skewSeconds: Int64 = 300

    /// The last second of the year 9999, beyond which edgeHub knows no time.
    private static let latestExpiry: Int64 = 253_402_300_799

    /// What it is for, exactly as it was received: percent-encoded once or twice. This text is what was signed.
    public let resource: Text
    /// Seconds since 1970; a fraction is left out.
    public let expiry: Int64
    /// The name of the policy whose key has signed; devices and modules have none.
    public let policy: Text?
    /// The expiry as it was signed.
    private let expiryText: Text
    private let signature: [UInt8]

    /// Reads a token; whether it is good is for `check` to say.
    ///
    /// One space stands behind the scheme, and no other white space anywhere. Names of fields are compared without case; fields of other
    /// names mean nothing. `+` is a plus, so a signature that is not percent-encoded is read as well.
    public init(parsing token: Text) throws(SASError) {
        guard token.utf8.count <= Self.maximumBytes else {
            throw Self.malformed("has \(token.utf8.count) bytes; it may have \(Self.maximumBytes)")
        }
        guard token.hasPrefix("SharedAccessSignature ") else { throw Self.malformed("does not begin with \"SharedAccessSignature \"") }
        let bytes = token.bytes
        let fields = bytes[22...]
        guard !fields.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw Self.malformed("holds white space or control characters; one space stands behind \"SharedAccessSignature\", no other")
        }
        var resource: Text?
        var signature: Text?
        var expiry: Text?
        var policy: Text?
        for field in fields.split(separator: UInt8(ascii: "&")) {
            guard let equals = field.firstIndex(of: UInt8(ascii: "=")) else { throw Self.malformed("has a field without \"=\"") }
            let name = Text(utf8: field[..<equals])
            let value = field[(equals + 1)...]
            if ASCII.equalIgnoringCase(name, "sr") {
                try Self.set(&resource, Text(utf8: value), "sr")
            } else if ASCII.equalIgnoringCase(name, "sig") {
                try Self.set(&signature, PercentCoding.decode(value), "sig")
            } else if ASCII.equalIgnoringCase(name, "se") {
                try Self.set(&expiry, PercentCoding.decode(value), "se")
            } else if ASCII.equalIgnoringCase(name, "skn") {
                // edgeHub takes an empty one, which some SDKs write.
                if !value.isEmpty { try Self.set(&policy, PercentCoding.decode(value), "skn") }
            }
        }
        guard let resource, let signature, let expiry else {
            throw Self.malformed("has no \(resource == nil ? "sr" : signature == nil ? "sig" : "se"); it needs sr, sig and se")
        }
        guard let code = Base64.decode(signature), code.count == HMACSHA256.length else {
            throw Self.malformed("has a sig that is not the base64 of \(HMACSHA256.length) bytes")
        }
        self.resource = resource
        self.signature = code
        self.expiryText = expiry
        self.expiry = try Self.seconds(expiry)
        self.policy = policy
    }

    /// Makes a token.
    /// - Parameters:
    ///   - resource: not encoded: `{hub host}/devices/{device}/modules/{module}`.
    ///   - key: the bytes, not their base64.
    ///   - expiry: seconds since 1970.
    public static func make(resource: Text, key: [UInt8], expiry: Int64, policy: Text? = nil) -> Text {
        let encoded = PercentCoding.encode(resource)
        let code = HMACSHA256.code(of: signed(encoded, "\(expiry)"), key: key)
        let token: Text = "SharedAccessSignature sr=\(encoded)&sig=\(PercentCoding.encode(Base64.encode(code)))&se=\(expiry)"
        return policy.map { "\(token)&skn=\(PercentCoding.encode($0))" } ?? token
    }

    /// Whether it is good for an identity.
    /// - Parameters:
    ///   - hosts: the names that this device answers for: the hub's and its own. Case counts neither in them nor in the ids: what tells
    ///     identities apart is their keys.
    ///   - keys: of that identity.
    ///   - now: seconds since 1970; nil: the clock is not plausible yet, and the expiry is not checked.
    /// - Throws: what is wrong with it.
    public func check(for identity: ModuleIdentity, hosts: [Text], keys: SymmetricKeys, now: Int64?) throws(SASError) {
        if let fault = audienceFault(identity.path, hosts) { throw fault }
        try checkTime(now)
        if isSigned(with: keys.primary) || isSigned(with: keys.secondary) { return }
        throw SASError(
            .wrongSignature,
            "the token for \(identity.path.quoted) was signed with neither key of that identity; they change when it is made again")
    }

    func checkTime(_ now: Int64?) throws(SASError) {
        guard let now, expiry + Self.skewSeconds < now else { return }
        throw SASError(.expired, "the token expired \(now - expiry) s ago, at \(expiry) s since 1970; make a new one, or set the clock")
    }

    func isSigned(with key: [UInt8]) -> Bool {
        HMACSHA256.isCode(signature, of: Self.signed(resource, expiryText), key: key)
    }

    /// The text that is signed: host and identity as the token has them, encoded, and the end of its time.
    private static func signed(_ resource: Text, _ expiry: Text) -> [UInt8] {
        resource.bytes + [UInt8(ascii: "\n")] + expiry.bytes
    }

    /// Some SDKs encode the ids, and then the whole once more; so what is encoded is looked at after one decoding and after two.
    private func audienceFault(_ path: Text, _ hosts: [Text]) -> SASError? {
        var fault: SASError?
        var audience = resource
        for _ in 0..<2 {
            audience = PercentCoding.decode(audience.bytes[...]) ?? audience
            let bytes = audience.bytes
            let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
            let host = Text(utf8: bytes[..<slash])
            let given = Text(utf8: bytes[slash...])
            if !ASCII.equalIgnoringCase(given, path) {
                fault = SASError(.wrongIdentity, "the token is for \(given.quoted), not for \(path.quoted)")
            } else if !hosts.contains(where: { ASCII.equalIgnoringCase($0, host) }) {
                fault = SASError(.wrongHost, "the token is for the host \(host.quoted); use \(hosts.listed(last: "or"))")
            } else {
                return nil
            }
        }
        return fault
    }

    /// The end of a token's time, which edgeHub reads as a floating-point number.
    private static func seconds(_ text: Text) throws(SASError) -> Int64 {
        let value: JSON
        do throws(JSONError) { value = try JSON.parse(text.bytes) } catch { value = .null }
        guard let number = value.number, number >= 0, number < Double(latestExpiry) + 1 else {
            throw malformed("has an se that is not a number of seconds since 1970")
        }
        return Int64(number)
    }

    private static func set(_ field: inout Text?, _ value: Text?, _ name: Text) throws(SASError) {
        guard field == nil else { throw malformed("has \(name) twice") }
        guard let value else { throw malformed("has a \(name) that is not percent-encoded UTF-8") }
        guard !value.isEmpty else { throw malformed("has an empty \(name)") }
        field = value
    }

    private static func malformed(_ what: Text) -> SASError { SASError(.malformed, "the token \(what)") }
}

extension SharedAccessSignature: CustomStringConvertible {
    /// Says nothing of the signature.
    public var description: String { "a token for \(resource.quoted) until \(expiry)" }
}
