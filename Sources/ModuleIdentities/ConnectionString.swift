public import JSON

/// How a device or module reaches its hub, and with which key:
/// `HostName=…;DeviceId=…[;ModuleId=…];SharedAccessKey=…[;GatewayHostName=…]`, or `x509=true` in place of the key.
///
/// The key is a secret: it is in `text`, and in no description or error.
public struct ConnectionString: Sendable, Equatable {
    /// What its owner shows that it is who it says it is.
    public enum Credential: Sendable, Equatable {
        /// The bytes, not their base64.
        case key([UInt8])
        /// A certificate, which is elsewhere.
        case certificate
    }

    /// Bytes of a connection string. Two ids, two host names and a key, all as long as they may be, have some 1 KB.
    public static let maximumBytes = 4096

    /// Of the hub.
    public let hostName: Text
    public let identity: ModuleIdentity
    public let credential: Credential
    /// The edge device to connect through.
    public let gatewayHostName: Text?

    public init(hostName: Text, identity: ModuleIdentity, credential: Credential, gatewayHostName: Text? = nil) {
        self.hostName = hostName
        self.identity = identity
        self.credential = credential
        self.gatewayHostName = gatewayHostName
    }

    /// Reads one. Names of parts have their case; each comes at most once, and nothing follows the last part. (Azure's SDKs)
    public init(parsing text: Text) throws(ConnectionStringError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw ConnectionStringError("the text has \(text.utf8.count) bytes; a connection string has at most \(Self.maximumBytes)")
        }
        let names: [Text] = ["HostName", "DeviceId", "ModuleId", "SharedAccessKey", "GatewayHostName", "x509"]
        var values = [Text?](repeating: nil, count: names.count)
        for part in text.bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
                let problem: Text = part.isEmpty ? "two ; stand side by side, or one at an end" : "a part has no ="
                throw ConnectionStringError("\(problem); \(Self.form)")
            }
            let name = Text(utf8: part[..<equals])
            guard let index = names.firstIndex(of: name) else { throw Self.unknown(name, names) }
            guard values[index] == nil else { throw ConnectionStringError("\(name) comes twice; keep one of them") }
            let value = Text(utf8: part[(equals + 1)...])
            guard !value.isEmpty else { throw ConnectionStringError("\(name) is empty; \(Self.form)") }
            values[index] = value
        }
        hostName = try Self.value(values[0], "HostName", Self.hostRule, IdentifierRules.problem(inHostName:))
        let deviceID = try Self.value(values[1], "DeviceId", Self.idRule, IdentifierRules.problem(inDeviceID:))
        var moduleID: Text?
        if let id = values[2] { moduleID = try Self.value(id, "ModuleId", Self.idRule, IdentifierRules.problem(inModuleID:)) }
        identity = ModuleIdentity(deviceID: deviceID, moduleID: moduleID)
        credential = try Self.credential(key: values[3], x509: values[5])
        var gateway: Text?
        if let name = values[4] { gateway = try Self.value(name, "GatewayHostName", Self.hostRule, IdentifierRules.problem(inHostName:)) }
        gatewayHostName = gateway
    }

    /// The whole, with the key.
    public var text: Text {
        var text: Text = "HostName=\(hostName);DeviceId=\(identity.deviceID)"
        if let module = identity.moduleID { text = "\(text);ModuleId=\(module)" }
        switch credential {
        case .key(let key): text = "\(text);SharedAccessKey=\(Base64.encode(key))"
        case .certificate: text = "\(text);x509=true"
        }
        return gatewayHostName.map { "\(text);GatewayHostName=\($0)" } ?? text
    }

    private static let form: Text = "use HostName=…;DeviceId=…;SharedAccessKey=…"

    private static let hostRule: Text = "253 ASCII letters, digits, . and -"
    private static let idRule: Text = "128 ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"

    private static func credential(key: Text?, x509: Text?) throws(ConnectionStringError) -> Credential {
        switch (key, x509) {
        case (nil, nil): throw ConnectionStringError("SharedAccessKey is missing; \(form)")
        case (.some, .some): throw ConnectionStringError("x509 stands beside SharedAccessKey; keep one of them")
        case (nil, .some(let value)):
            guard ASCII.equalIgnoringCase(value, "true") else { throw ConnectionStringError("x509 can only be true") }
            return .certificate
        case (.some(let value), nil):
            guard let bytes = Base64.decode(value) else {
                throw ConnectionStringError("SharedAccessKey is not base64 (RFC 4648, with padding)")
            }
            return .key(bytes)
        }
    }

    @inline(never)
    private static func value(
        _ value: Text?, _ name: Text, _ rule: Text, _ problem: (Text) -> Text?
    ) throws(ConnectionStringError) -> Text {
        guard let value else { throw ConnectionStringError("\(name) is missing; \(form)") }
        // The rule's own words would show the value; and what stands there by mistake may be a key.
        guard problem(value) == nil else {
            throw ConnectionStringError("\(name) has a wrong character or is too long; it has up to \(rule)")
        }
        return value
    }

    /// The name of a part is shown only where it is one that Azure knows: what stands there by mistake may be part of a key.
    private static func unknown(_ name: Text, _ names: [Text]) -> ConnectionStringError {
        let others: [Text] = ["SharedAccessKeyName", "SharedAccessSignature", "Endpoint", "EntityPath"]
        if others.contains(name) {
            return ConnectionStringError("\(name) is not a part of a device's or module's connection string; \(form)")
        }
        for known in names where ASCII.equalIgnoringCase(known, name) {
            return ConnectionStringError("\(known) is written in another case; names of parts have theirs")
        }
        return ConnectionStringError("a part has another name than \(names.listed(last: "or"))")
    }
}

extension ConnectionString: CustomStringConvertible {
    /// Says nothing of the key.
    public var description: String { "a connection string of \(identity.path) at \(hostName)" }
}
