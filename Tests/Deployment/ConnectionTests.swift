import Deployment
import JSON
import ModuleIdentities
import Testing

/// `device.connectionString` and `device.connectionStringFile`.
@Suite struct ConnectionTests {
    static let string = "HostName=h.net;DeviceId=d;SharedAccessKey=c2VjcmV0c2VjcmV0c2VjcmV0"
    static let note = "the keys of the modules are derived from its key; the connection to the cloud is not used yet"

    private func device(_ members: String, files: [String: String] = [:]) throws -> DeviceSettings {
        try read(manifest(device: members), files: files).get().device
    }

    @Test func `a connection string is taken, and gives the hub's name`() throws {
        let device = try device(#""id": "d", "connectionString": "\#(Self.string)""#)
        #expect(device.connection?.credential == .key(Array("secretsecretsecret".utf8)))
        #expect(device.hubHostName == "h.net")
        #expect(
            findings(manifest(device: #""id": "d", "connectionString": "\#(Self.string)""#)) == [
                "note device.connectionString: \(Self.note)"
            ])
    }

    @Test(arguments: ["", "\n", "\r\n"]) func `it may stand in a file, beside the manifest or anywhere`(end: String) throws {
        for (written, path) in [("secrets/cs", "/etc/martlet/secrets/cs"), ("/run/cs", "/run/cs")] {
            let device = try device(#""id": "d", "connectionStringFile": "\#(written)""#, files: [path: Self.string + end])
            #expect(device.connection?.hostName == "h.net")
            #expect(device.hubHostName == "h.net")
        }
    }

    @Test func `the hub's name may be given too, in any case`() throws {
        let device = try device(#""id": "d", "hubHostName": "H.net", "connectionString": "\#(Self.string)""#)
        #expect(device.hubHostName == "H.net")
    }

    @Test func `without one the device has no connection`() throws {
        #expect(try device(#""id": "d""#) == DeviceSettings(id: "d"))
    }

    @Test func `a certificate is no key`() {
        #expect(
            findings(manifest(device: #""id": "d", "connectionString": "HostName=h;DeviceId=d;x509=true""#)) == [
                "note device.connectionString: it holds no key, so those of the modules are derived from one that the device makes; the connection to the cloud is not used yet"
            ])
    }

    @Test(arguments: [
        (
            #""id": "e", "connectionString": "\#(string)""#,
            #"error device.connectionString: DeviceId is "d", and device.id is "e"; they must be the same"#
        ),
        (
            #""id": "D", "connectionString": "\#(string)""#,
            #"error device.connectionString: DeviceId is "d", and device.id is "D"; they must be the same"#
        ),
        (
            #""id": "d", "hubHostName": "other", "connectionString": "\#(string)""#,
            #"error device.connectionString: HostName is "h.net", and device.hubHostName is "other"; make them the same, or leave out hubHostName"#
        ),
        (
            #""id": "d", "connectionString": "HostName=h.net;DeviceId=d;ModuleId=m;SharedAccessKey=c2VjcmV0""#,
            #"error device.connectionString: this is the connection string of module "m"; use that of the device"#
        ),
        (
            #""id": "d", "connectionString": "HostName=h.net;DeviceId=d;SharedAccessKey=c2VjcmV0""#,
            "error device.connectionString: SharedAccessKey has 6 bytes; a key has 16 to 64, and is written in base64"
        ),
        (
            #""id": "d", "connectionString": "c2VjcmV0""#,
            "error device.connectionString: this is not a connection string: a part has no =; use HostName=…;DeviceId=…;SharedAccessKey=…"
        ),
        (
            #""id": "d", "connectionString": "\#(string);""#,
            "error device.connectionString: this is not a connection string: two ; stand side by side, or one at an end; use HostName=…;DeviceId=…;SharedAccessKey=…"
        ),
        (
            #""id": "d", "connectionString": 5"#,
            #"error device.connectionString: this is not a connection string; use "HostName=…;DeviceId=…;SharedAccessKey=…""#
        ),
        (
            #""id": "d", "connectionString": "\#(string)", "connectionStringFile": "f""#,
            "error device.connectionStringFile: connectionString is there too; keep one of them"
        ),
        (#""id": "d", "connectionStringFile": """#, "error device.connectionStringFile: the string is empty; it needs a value"),
        (
            #""id": "d", "connectionStringFile": "nothing""#,
            "error device.connectionStringFile: open /etc/martlet/nothing: No such file or directory; the file must be there and hold one line, HostName=…;DeviceId=…;SharedAccessKey=…"
        ),
        (
            #""id": "d", "connectionStringFile": "bad""#,
            "error device.connectionStringFile: /etc/martlet/bad: this is not a connection string: SharedAccessKey is not base64 (RFC 4648, with padding)"
        ),
    ]) func `what is wrong is said without the secret`(members: String, expected: String) {
        let found = findings(manifest(device: members), files: ["/etc/martlet/bad": "HostName=h.net;DeviceId=d;SharedAccessKey=c2VjcmV0!"])
        #expect(found.first == expected)
        #expect(!found.contains { $0.contains("c2V") })
    }

    @Test func `another connection string takes effect when the host starts again`() throws {
        let old = try read(manifest(device: #""id": "d", "connectionString": "\#(Self.string)""#)).get()
        let string = "HostName=h.net;DeviceId=d;SharedAccessKey=bmV3c2VjcmV0c2VjcmV0c2Vj"
        let new = try read(manifest(device: #""id": "d", "connectionString": "\#(string)""#)).get()
        #expect(DeploymentDifference(from: old, to: new).needsHostRestart == ["device.connectionString"])
    }
}
