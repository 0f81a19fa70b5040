import JSON
import ModuleIdentities
import Testing

@Suite struct ConnectionStringTests {
    static let longKey = [UInt8](0..<32)

    @Test(arguments: [
        ConnectionString(hostName: "h.net", identity: ModuleIdentity(deviceID: "d"), credential: .key(longKey)),
        ConnectionString(hostName: "h.net", identity: ModuleIdentity(deviceID: "d", moduleID: "m"), credential: .key([1])),
        ConnectionString(
            hostName: "10.0.0.1", identity: ModuleIdentity(deviceID: "a=b", moduleID: "c=,%"), credential: .key(longKey),
            gatewayHostName: "edge-1"),
        ConnectionString(hostName: "h", identity: ModuleIdentity(deviceID: "d"), credential: .certificate),
    ]) func `what is printed is read again`(string: ConnectionString) throws {
        #expect(try ConnectionString(parsing: string.text) == string)
    }

    @Test func `a connection string is printed as Azure prints it`() {
        let string = ConnectionString(
            hostName: "h.net", identity: ModuleIdentity(deviceID: "d", moduleID: "m"), credential: .key(Array("key".utf8)),
            gatewayHostName: "g")
        #expect(string.text == "HostName=h.net;DeviceId=d;ModuleId=m;SharedAccessKey=a2V5;GatewayHostName=g")
    }

    @Test func `parts come in any order, and a value may hold the equals sign`() throws {
        let string = try ConnectionString(parsing: "SharedAccessKey=a2V5Cg==;DeviceId=a=b;HostName=h.net")
        #expect(string.identity == ModuleIdentity(deviceID: "a=b"))
        #expect(string.credential == .key(Array("key\n".utf8)))
        #expect(string.gatewayHostName == nil)
    }

    static let form = "use HostName=…;DeviceId=…;SharedAccessKey=…"

    @Test(arguments: [
        ("", "two ; stand side by side, or one at an end; \(form)"),
        ("HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0;", "two ; stand side by side, or one at an end; \(form)"),
        ("HostName=h;;DeviceId=d;SharedAccessKey=c2VjcmV0", "two ; stand side by side, or one at an end; \(form)"),
        ("c2VjcmV0", "a part has no =; \(form)"),
        ("HostName=h;DeviceId=d", "SharedAccessKey is missing; \(form)"),
        ("DeviceId=d;SharedAccessKey=c2VjcmV0", "HostName is missing; \(form)"),
        ("HostName=h;SharedAccessKey=c2VjcmV0", "DeviceId is missing; \(form)"),
        ("HostName=h;DeviceId=d;DeviceId=d;SharedAccessKey=c2VjcmV0", "DeviceId comes twice; keep one of them"),
        ("HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0;SharedAccessKey=c2VjcmV0", "SharedAccessKey comes twice; keep one of them"),
        ("HostName=h;DeviceId=d;SharedAccessKey=", "SharedAccessKey is empty; \(form)"),
        ("HostName=h;DeviceId=;SharedAccessKey=c2VjcmV0", "DeviceId is empty; \(form)"),
        ("HostName=h;DeviceId=d;SharedAccessKey=secret!", "SharedAccessKey is not base64 (RFC 4648, with padding)"),
        ("HostName=h;DeviceId=d;SharedAccessKey= c2VjcmV0", "SharedAccessKey is not base64 (RFC 4648, with padding)"),
        ("HostName=h;DeviceId=d;sharedAccessKey=c2VjcmV0", "SharedAccessKey is written in another case; names of parts have theirs"),
        (
            "HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=c2VjcmV0",
            "SharedAccessKeyName is not a part of a device's or module's connection string; \(form)"
        ),
        (
            "HostName=h;DeviceId=d;c2VjcmV0=x",
            "a part has another name than HostName, DeviceId, ModuleId, SharedAccessKey, GatewayHostName or x509"
        ),
        (
            "HostName=c2Vj cmV0;DeviceId=d;SharedAccessKey=c2VjcmV0",
            "HostName has a wrong character or is too long; it has up to 253 ASCII letters, digits, . and -"
        ),
        (
            "HostName=h;DeviceId=c2Vj/cmV0;SharedAccessKey=c2VjcmV0",
            "DeviceId has a wrong character or is too long; it has up to 128 ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"
        ),
        (
            "HostName=h;DeviceId=d;ModuleId=c2Vj/cmV0;SharedAccessKey=c2VjcmV0",
            "ModuleId has a wrong character or is too long; it has up to 128 ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"
        ),
        (
            "HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0;GatewayHostName=a/b",
            "GatewayHostName has a wrong character or is too long; it has up to 253 ASCII letters, digits, . and -"
        ),
        ("HostName=h;DeviceId=d;SharedAccessKey=c2VjcmV0;x509=true", "x509 stands beside SharedAccessKey; keep one of them"),
        ("HostName=h;DeviceId=d;x509=false", "x509 can only be true"),
    ]) func `what is wrong is said, and no value is shown`(text: String, reason: String) {
        #expect(throws: ConnectionStringError(Text(reason))) { try ConnectionString(parsing: Text(text)) }
        #expect(!reason.contains("c2V"))
    }

    @Test func `a connection string has at most 4096 bytes`() {
        let text = "HostName=h;DeviceId=d;SharedAccessKey=" + String(repeating: "AAAA", count: 1100)
        #expect(throws: ConnectionStringError("the text has 4438 bytes; a connection string has at most 4096")) {
            try ConnectionString(parsing: Text(text))
        }
    }
}
