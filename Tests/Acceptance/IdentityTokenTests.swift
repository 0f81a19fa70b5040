import Foundation
import TestSupport
import Testing

/// Keys, tokens and connection strings of identities, checked by Python and OpenSSL.
struct IdentityTokenTests {
    private func host(_ program: MartletProgram, _ device: Manifest.Object = [:]) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.device.merge(device) { $1 }
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    /// The facts of a token: signature over what it says itself, by the key that the registry gives; then resource and end.
    private static let check = """
        import base64, hashlib, hmac, json, subprocess, sys, urllib.parse
        token, entry = sys.argv[1], json.loads(sys.argv[2])
        scheme, fields = token.split(" ")
        assert scheme == "SharedAccessSignature"
        fields = dict(f.split("=", 1) for f in fields.split("&"))
        assert set(fields) == {"sr", "sig", "se"}, fields
        text = (fields["sr"] + "\\n" + fields["se"]).encode()
        key = base64.b64decode(entry["authentication"]["symmetricKey"]["primaryKey"], validate=True)
        signature = base64.b64decode(urllib.parse.unquote(fields["sig"]), validate=True)
        assert hmac.new(key, text, hashlib.sha256).digest() == signature, "python"
        openssl = subprocess.run(["openssl", "dgst", "-sha256", "-mac", "HMAC", "-macopt", "hexkey:" + key.hex(), "-binary"],
            input=text, stdout=subprocess.PIPE, check=True).stdout
        assert openssl == signature, "openssl"
        print(urllib.parse.unquote(fields["sr"]), fields["se"])
        """

    @Test(arguments: MartletProgram.all) func `a token is signed with the identity's key and ends when it was said`(
        _ program: MartletProgram
    )
        throws
    {
        let host = try host(program, ["hubHostName": "Contoso.azure-devices.net"])
        #expect(try host.martlet("identity", "a%2F#b", "--create").code == 0)
        for (name, resource, path) in [
            ("probe", "/devices/Hannover01/modules/probe", "/devices/Hannover01/modules/probe"),
            ("a%2F#b", "/devices/Hannover01/modules/a%2F#b", "/devices/Hannover01/modules/a%252F%23b"),
            (nil, "/devices/Hannover01", "/devices/Hannover01"),
        ] as [(String?, String, String)] {
            let before = Int(Date().timeIntervalSince1970)
            let result = try host.martlet(["identity"] + (name.map { [$0] } ?? []) + ["--token", "3600"])
            let after = Int(Date().timeIntervalSince1970)
            #expect(result.code == 0, "\(result.errors)")
            let parts = try host.python(Self.check, result.output.trimmingCharacters(in: .newlines), try host.http("GET", path).text)
                .split(separator: " ")
            #expect(parts.first.map { String($0) } == "Contoso.azure-devices.net" + resource)
            let end = try #require(parts.last.flatMap { Int($0) })
            #expect((before + 3600...after + 3600).contains(end))
        }
        #expect(try host.http("PUT", "/devices/Hannover01/modules/mute", body: #"{"authentication":{"type":"none"}}"#).status == 201)
        for option in [["--token", "60"], ["--connection-string"]] {
            let mute = try host.martlet(["identity", "mute"] + option)
            #expect(mute.code == 1 && mute.output == "" && mute.errors.contains("no keys"))
        }
    }

    @Test(arguments: MartletProgram.all) func `a connection string leads through this device`(_ program: MartletProgram) throws {
        let host = try host(program, ["gatewayHostName": "edge.local"])
        let key = try #require(
            try host.http("GET", "/devices/Hannover01/modules/probe").body["authentication"]["symmetricKey"]["primaryKey"].string)
        #expect(
            try host.martlet("identity", "probe", "--connection-string").output
                == "HostName=martlet.local;DeviceId=Hannover01;ModuleId=probe;SharedAccessKey=\(key);GatewayHostName=edge.local\n")
        let device = try host.martlet("identity", "--connection-string").output
        #expect(device.hasPrefix("HostName=martlet.local;DeviceId=Hannover01;SharedAccessKey=") && !device.contains("ModuleId"))
    }

    @Test(arguments: MartletProgram.all) func `keys are derived from the device's, and change with the generation only`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let script = """
            import base64, hashlib, hmac, json, sys
            entry, master = json.loads(sys.argv[1]), base64.b64decode(open("state/keys/device.key").read(), validate=False)
            keys = entry["authentication"]["symmetricKey"]
            for name in ["primary", "secondary"]:
                text = "%s:%s:%s" % (entry["moduleId"], entry["generationId"], name)
                derived = hmac.new(master, text.encode(), hashlib.sha256).digest()
                assert base64.b64decode(keys[name + "Key"]) == derived, name
            print("ok")
            """
        let path = "/devices/Hannover01/modules/probe"
        let first = try host.http("GET", path).text
        #expect(try host.python(script, first) == "ok")
        let attributes = try FileManager.default.attributesOfItem(atPath: host.folder.path("state/keys/device.key"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        try host.end()
        try host.start("probe")
        #expect(try host.http("GET", path).text == first)
        #expect(try host.http("DELETE", path).status == 204)
        let second = try host.http("GET", path).text
        #expect(try host.python(script, second) == "ok")
        #expect(try JSONValue(parsing: second)["authentication"].text != JSONValue(parsing: first)["authentication"].text)
        // Keys of one's own stay until they are taken back.
        let own = Data(repeating: 7, count: 32).base64EncodedString()
        let body = #"{"authentication":{"type":"sas","symmetricKey":{"primaryKey":"\#(own)","secondaryKey":"\#(own)"}}}"#
        #expect(
            try host.http("PUT", path, body: body, headers: ["If-Match: *"]).body["authentication"]["symmetricKey"]["primaryKey"].string
                == own)
        #expect(
            try host.http("PUT", path, body: #"{"managedBy":"me"}"#, headers: ["If-Match: *"]).body["authentication"]["symmetricKey"][
                "primaryKey"
            ].string == own)
        let back = try host.http("PUT", path, body: #"{"authentication":{"type":"sas"}}"#, headers: ["If-Match: *"]).text
        #expect(try host.python(script, back) == "ok")
        // Of all that there is no trace in the log.
        let secrets = [own, try #require(try JSONValue(parsing: back)["authentication"]["symmetricKey"]["primaryKey"].string)]
        for secret in secrets { #expect(!host.logLines.contains { $0.contains(secret) }) }
    }
}
