import Foundation
import TestSupport
import Testing

/// The HTTPS port, asked by curl.
struct HTTPSTests {
    private static let key = Data(repeating: 7, count: 32).base64EncodedString()

    /// An address that no other test has, and ports that need no rights.
    private static func address() -> String {
        "127.\(Int.random(in: 10...250)).\(Int.random(in: 1...250)).\(Int.random(in: 1...250))"
    }

    private func host(_ program: MartletProgram, at address: String, policy: Bool = true) throws -> Host {
        var manifest = Manifest()
        manifest.device["gatewayHostName"] = address
        manifest.host["listen"] = ["https": "\(address):8443"]
        if policy { manifest.host["sharedAccessPolicy"] = ["key": Self.key] }
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    /// A token of an identity of the device.
    private func token(_ host: Host, _ name: String?) throws -> String {
        let result = try host.martlet(["identity"] + (name.map { [$0] } ?? []) + ["--token", "60"])
        guard result.code == 0 else { throw Late("martlet identity: \(result.errors)") }
        return "Authorization: " + result.output.trimmingCharacters(in: .newlines)
    }

    /// A token of a policy, made by Python.
    private func policyToken(_ host: Host, _ resource: String, name: String = "iothubowner", key: String = key) throws -> String {
        let script = """
            import base64, hmac, sys, time, urllib.parse
            resource, key, name = urllib.parse.quote(sys.argv[1], safe=""), base64.b64decode(sys.argv[2]), sys.argv[3]
            end = str(int(time.time()) + 60)
            signature = base64.b64encode(hmac.digest(key, (resource + "\\n" + end).encode(), "sha256"))
            print(f"SharedAccessSignature sr={resource}&sig={urllib.parse.quote(signature)}&se={end}&skn={name}")
            """
        return "Authorization: " + (try host.python(script, resource, key, name))
    }

    private func https(
        _ host: Host, _ method: String, _ path: String, body: String? = nil, _ headers: [String], at address: String, port: Int = 8443
    ) throws -> (status: Int, body: JSONValue) {
        let trust = try host.folder.write(try host.martlet("certificate").output, to: "ca.pem")
        var arguments = ["/usr/bin/curl", "-sS", "--max-time", "20", "-X", method, "--cacert", trust, "-w", "\n%{http_code}"]
        for header in headers { arguments += ["-H", header] }
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        let result = try runProgram(arguments + ["https://\(address):\(port)\(path)"])
        guard result.code == 0, let cut = result.output.lastIndex(of: "\n"), let status = Int(result.output[cut...].dropFirst()) else {
            throw Late("curl \(path): \(result.end): \(result.errors)")
        }
        return (status, (try? JSONValue(parsing: String(result.output[..<cut]))) ?? JSONValue(nil))
    }

    @Test(arguments: MartletProgram.all) func `who has an identity calls methods of modules`(_ program: MartletProgram) throws {
        let address = Self.address()
        let host = try host(program, at: address, policy: false)
        #expect(try host.martlet("identity", "caller", "--create").code == 0)
        let (own, caller) = (try token(host, "caller"), "x-ms-edge-moduleId: Hannover01/caller")
        let path = "/twins/Hannover01/modules/probe/methods"
        let call = #"{"methodName":"echo","payload":{"a":[1,"ü"]}}"#
        let answer = try https(host, "POST", path + "?api-version=2019-10-01", body: call, [own, caller], at: address)
        #expect(answer.status == 200 && answer.body["status"].int == 200 && answer.body["payload"].text == #"{"a":[1,"ü"]}"#)
        // Each refusal: another identity's name, no name, no token, a token of nobody, a target that is not there, and what is no call.
        let forged = own.replacingOccurrences(of: "sig=", with: "sig=A")
        for (headers, status) in [
            ([own, "x-ms-edge-moduleId: Hannover01/probe"], 401), ([own, "x-ms-edge-moduleId: Other/caller"], 401), ([own], 400),
            ([caller], 401), ([forged, caller], 401), ([own, "x-ms-edge-moduleId: Hannover01/"], 400),
        ] {
            let refused = try https(host, "POST", path, body: call, headers, at: address)
            #expect(refused.status == status && refused.body["message"].string != nil, "\(headers)")
        }
        let nobody = try https(host, "POST", "/twins/Hannover01/modules/nobody/methods", body: call, [own, caller], at: address)
        #expect(nobody.status == 404)
        #expect(try https(host, "POST", path, body: #"{"payload":1}"#, [own, caller], at: address).status == 400)
        // The service API is off, and a module's token is none for it.
        #expect(try https(host, "GET", "/twins/Hannover01", [own, caller], at: address).status == 401)
        #expect(try https(host, "GET", "/twins/Hannover01", [try policyToken(host, address)], at: address).status == 401)
        try host.log(holding: "HTTPS: a request was refused")
        #expect(!host.logLines.contains { $0.contains("sig=") })
        // With its identity goes the right to call.
        #expect(try host.martlet("identity", "caller", "--delete").code == 0)
        #expect(try https(host, "POST", path, body: call, [own, caller], at: address).status == 401)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `who has the policy's key has the service API`(_ program: MartletProgram) throws {
        let address = Self.address()
        let host = try host(program, at: address)
        let token = try policyToken(host, "martlet.local")
        #expect(try https(host, "GET", "/devices", [token], at: address).body.array.first?["deviceId"].string == "Hannover01")
        let made = try https(
            host, "PUT", "/devices/Hannover01/modules/new?api-version=2021-04-12",
            body: #"{"moduleId":"new","authentication":{"type":"sas","symmetricKey":{"primaryKey":"","secondaryKey":""}}}"#, [token],
            at: address)
        #expect(made.status == 201)
        #expect(made.body["authentication"]["symmetricKey"]["primaryKey"].string?.count == 44)
        let twin = try https(
            host, "PATCH", "/twins/Hannover01/modules/new", body: #"{"properties":{"desired":{"a":1}}}"#, [token], at: address)
        #expect(twin.status == 200 && twin.body["properties"]["desired"]["a"].int == 1)
        let answer = try https(
            host, "POST", "/twins/Hannover01/modules/probe/methods", body: #"{"methodName":"echo","payload":5}"#, [token], at: address)
        #expect(answer.status == 200 && answer.body["payload"].int == 5)
        #expect(try https(host, "DELETE", "/devices/Hannover01/modules/new", ["If-Match: *", token], at: address).status == 204)
        // What the host does for its operator alone is not there.
        #expect(try https(host, "POST", "/modules/probe/restart", [token], at: address).status == 404)
        #expect(try https(host, "GET", "/queues", [token], at: address).status == 404)

        let wrong = Data(repeating: 8, count: 32).base64EncodedString()
        for token in [
            try policyToken(host, "martlet.local", name: "service"), try policyToken(host, "martlet.local", key: wrong),
            try policyToken(host, "contoso.azure-devices.net"),
        ] {
            #expect(try https(host, "GET", "/devices", [token], at: address).status == 401)
        }
    }

    @Test(arguments: MartletProgram.all) func `the port and the policy change while the host runs`(_ program: MartletProgram) throws {
        let address = Self.address()
        let host = try host(program, at: address)
        let token = try policyToken(host, address)
        #expect(try https(host, "GET", "/devices", [token], at: address).status == 200)
        func change(_ change: (inout Manifest) -> Void) throws {
            let from = host.logEnd
            change(&host.manifest)
            try host.writeManifest()
            try host.log(from: from, holding: "the manifest changed")
        }
        try change { $0.host["sharedAccessPolicy"] = ["key": Data(repeating: 9, count: 32).base64EncodedString()] }
        #expect(try https(host, "GET", "/devices", [token], at: address).status == 401)
        try change { $0.host["sharedAccessPolicy"] = ["key": Self.key] }
        #expect(try https(host, "GET", "/devices", [token], at: address).status == 200)
        try change { $0.host["listen"] = ["https": "\(address):8444"] }
        #expect(try https(host, "GET", "/devices", [token], at: address, port: 8444).status == 200)
        #expect(throws: (any Error).self) { try https(host, "GET", "/devices", [token], at: address) }
        // Another address is in the certificate at once.
        let other = Self.address()
        try change { $0.host["listen"] = ["https": "\(other):8443"] }
        #expect(try https(host, "GET", "/devices", [token], at: other).status == 200)
        try change { $0.host["listen"] = nil }
        #expect(throws: (any Error).self) { try https(host, "GET", "/devices", [token], at: other) }
        #expect(!host.logLines.contains { $0.contains("takes effect when the host starts again") || $0.contains(Self.key) })
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a port that is taken is said, and the device goes on`(_ program: MartletProgram) throws {
        let address = Self.address()
        let first = try host(program, at: address)
        let second = try host(program, at: address)
        try second.log(
            holding: "host.listen.https: cannot listen on \(address):8443: address already in use; another program listens there")
        #expect(try second.invoke("probe", "echo", "1").int == 1)
        // Each has an authority of its own: the one's certificate is worth nothing to who trusts the other.
        #expect(throws: (any Error).self) { try https(second, "GET", "/devices", [], at: address) }
        #expect(try first.end() == .exit(0))
        let from = second.logEnd
        second.manifest.routeUpstream("any", from: "probe")
        try second.writeManifest()
        try second.log(from: from, holding: "the service API on https://\(address):8443")
        #expect(try https(second, "GET", "/devices", [], at: address).status == 401)
    }

    @Test(arguments: MartletProgram.all) func `the authority stays the same, and one that is damaged is not replaced in silence`(
        _ program: MartletProgram
    ) throws {
        let address = Self.address()
        let host = try host(program, at: address)
        let trust = try host.martlet("certificate").output
        #expect(trust.hasPrefix("-----BEGIN CERTIFICATE-----\n"))
        try host.end(SIGKILL)
        try host.start("probe")
        #expect(try host.martlet("certificate").output == trust)
        #expect(try host.end() == .exit(0))
        let file = try host.folder.write("no certificate\n", to: "state/certificates/device-ca.pem")
        try host.start("probe")
        try host.log(holding: "host.listen.https: \(file)")
        let refused = try host.martlet("certificate")
        #expect(refused.code == 1 && refused.errors.contains(file))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "no certificate\n")
        #expect(try host.invoke("probe", "echo", "1").int == 1)
    }
}
