import Foundation
import TestSupport
import Testing

/// The workload API, asked by programs that run as modules, with nothing but Python's own library.
struct WorkloadTests {
    /// Asks what `ASK` says, or each line of standard input where it is a module of its own: method, path and body; prints the answers.
    /// `{own}` stands for the module's own path; `SOCKET` may name another module's.
    private static let asker = #"""
        #!/usr/bin/env python3
        import http.client, json, os, signal, socket, sys
        if os.environ.get("LEAVES"): os.setsid() if os.fork() == 0 else os.wait() and os._exit(0)
        module, generation = os.environ["IOTEDGE_MODULEID"], os.environ["IOTEDGE_MODULEGENERATIONID"]
        path = os.environ["IOTEDGE_WORKLOADURI"][len("unix://"):]
        path = os.path.join(os.path.dirname(path), os.environ["SOCKET"] + ".sock") if "SOCKET" in os.environ else path
        for line in os.environ["ASK"].splitlines():
            method, target, *body = line.replace("{own}", f"/modules/{module}/genid/{generation}").split(" ", 2)
            client = http.client.HTTPConnection("localhost")
            client.sock = socket.socket(socket.AF_UNIX)
            client.sock.connect(path)
            client.request(method, target + "?api-version=" + os.environ["IOTEDGE_APIVERSION"], body[0] if body else None)
            answer = client.getresponse()
            print(answer.status, json.dumps(json.loads(answer.read())), flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        signal.pause()
        """#

    private func manifest(_ asks: [String: [String]], _ environment: [String: String] = [:], protocol: String = "edge") -> Manifest {
        var manifest = Manifest()
        for (name, lines) in asks {
            var variables = ["ASK": ["value": lines.joined(separator: "\n")]]
            for (key, value) in environment { variables[key] = ["value": value] }
            manifest.executable(name, "asker.py", ["settings": ["protocol": `protocol`], "env": variables])
        }
        return manifest
    }

    private func host(_ program: MartletProgram, _ manifest: Manifest) throws -> Host {
        let host = try Host(program, manifest)
        try host.install(script: Self.asker, as: "asker.py")
        return host
    }

    /// The answers of a module, as many as it asked for.
    private func answers(_ host: Host, _ module: String, _ count: Int) throws -> [(status: Int, body: JSONValue)] {
        var lines: [Substring] = []
        try host.waitUntil {
            lines = try host.martlet("logs", module).output.split(separator: "\n")
            return lines.count >= count
        }
        return try lines.prefix(count).map { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let status = Int(parts[0]) else { throw Late("\(module) says \(line)") }
            return (status, try JSONValue(parsing: String(parts[1])))
        }
    }

    @Test(arguments: MartletProgram.all) func `a module gets trust, signatures and certificates that others believe`(
        _ program: MartletProgram
    ) throws {
        let host = try host(
            program,
            manifest([
                "asker": [
                    "GET /trust-bundle", #"POST {own}/sign {"data":"aGVsbG8="}"#,
                    #"POST {own}/certificate/server {"commonName":"127.0.0.1"}"#, "POST /modules/asker/certificate/identity {}",
                    "GET /modules",
                ]
            ]))
        try host.start("asker")
        let answers = try answers(host, "asker", 5)
        #expect(answers.map(\.status) == [200, 200, 201, 201, 200])
        let bundle = try #require(answers[0].body["certificate"].string)
        #expect(try host.martlet("certificate").output == bundle)
        let key = try #require(
            try host.http("GET", "/devices/Hannover01/modules/asker").body["authentication"]["symmetricKey"]["primaryKey"].string)
        let signature = try host.python(
            "import base64, hmac, sys; print(base64.b64encode(hmac.digest(base64.b64decode(sys.argv[1]), b'hello', 'sha256')).decode())",
            key)
        #expect(answers[1].body["digest"].string == signature)
        try host.folder.write(bundle, to: "ca.pem")
        for (answer, purpose) in [(answers[2].body, "sslserver"), (answers[3].body, "sslclient")] {
            try host.folder.write(try #require(answer["certificate"].string), to: "leaf.pem")
            try host.folder.write(try #require(answer["privateKey"]["bytes"].string), to: "leaf.key.pem")
            #expect(answer["privateKey"]["type"].string == "key")
            let verified = try runProgram(
                ["/usr/bin/openssl", "verify", "-purpose", purpose, "-CAfile", "ca.pem", "leaf.pem"], folder: host.folder.path)
            #expect(verified.code == 0, "\(verified.errors)")
            let both = try ["x509 -pubkey -noout -in leaf.pem", "pkey -pubout -in leaf.key.pem"].map {
                try runProgram(["/usr/bin/openssl"] + $0.split(separator: " ").map { String($0) }, folder: host.folder.path).output
            }
            #expect(both[0] == both[1] && both[0].contains("PUBLIC KEY"))
        }
        let row = try #require(answers[4].body["modules"].array.first)
        #expect(row["name"].string == "asker" && row["status"]["runtimeStatus"]["status"].string == "running")
        #expect(try host.end() == .exit(0))
        #expect(!FileManager.default.fileExists(atPath: host.folder.path("run/workload/asker.sock")))
    }

    @Test(arguments: MartletProgram.all) func `what a module encrypted it alone decrypts, also after a restart`(_ program: MartletProgram)
        throws
    {
        let vector = #""initializationVector":"MDEyMzQ1Njc4OWFi""#
        let encrypt = #"POST {own}/encrypt {"plaintext":"c2VjcmV0",\#(vector)}"#
        let host = try host(program, manifest(["one": [encrypt], "two": [encrypt]]))
        try host.start("one", "two")
        let secrets = try ["one", "two"].map { try #require(try answers(host, $0, 1)[0].body["ciphertext"].string) }
        #expect(secrets[0] != secrets[1])
        try host.end(SIGKILL)
        let decrypt = secrets.map { #"POST {own}/decrypt {"ciphertext":"\#($0)",\#(vector)}"# }
        let other = #"POST {own}/decrypt {"ciphertext":"\#(secrets[0])","initializationVector":"YWI="}"#
        host.manifest = manifest(["one": [decrypt[0], decrypt[1], other], "two": [decrypt[1], decrypt[0]]])
        try host.writeManifest()
        try host.start("one", "two")
        for (name, count) in [("one", 3), ("two", 2)] {
            let answers = try answers(host, name, count)
            #expect(answers[0].status == 200 && answers[0].body["plaintext"].string == "c2VjcmV0")
            for answer in answers.dropFirst() {
                #expect(answer.status == 400 && answer.body["message"].string?.hasPrefix("the ciphertext was changed, or") == true)
            }
        }
    }

    @Test(arguments: MartletProgram.all) func `a socket is for the processes of its module`(_ program: MartletProgram) throws {
        let ask = ["GET /trust-bundle", #"POST /modules/one/genid/1/sign {"data":"aGVsbG8="}"#]
        var manifest = manifest(["one": ask])
        manifest.modules["two"] = self.manifest(["two": ask], ["SOCKET": "one"]).modules["two"]
        manifest.modules["left"] = self.manifest(["left": ask], ["LEAVES": "1"]).modules["left"]
        manifest.modules["speaks"] = self.manifest(["speaks": ask], protocol: "none").modules["speaks"]
        let host = try host(program, manifest)
        try host.start("one")
        // Its own, but another generation.
        #expect(try answers(host, "one", 2).map(\.status) == [200, 404])
        #expect(try answers(host, "two", 2).map(\.status) == [403, 403])
        // A child that left the session is a stranger.
        #expect(try answers(host, "left", 2).map(\.status) == [403, 403])
        // Every executable has one, whatever it speaks.
        #expect(try answers(host, "speaks", 2).map(\.status) == [200, 403])
        for name in ["one", "left"] { try host.log(holding: "the workload socket of \(name) refuses process") }
        let socket = host.folder.path("run/workload/one.sock")
        let stranger = try runProgram(
            ["/usr/bin/curl", "-s", "--unix-socket", socket, "http://localhost/trust-bundle?api-version=2018-06-28"])
        #expect(stranger.output == #"{"message":"forbidden"}"#)
        #expect(try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int == 0o600)
    }

    @Test(arguments: MartletProgram.all) func `a path that is too long is said, and only edge cannot do without`(
        _ program: MartletProgram
    ) throws {
        let name = String(repeating: "n", count: 90)
        var manifest = manifest([name: []])
        manifest.executable("plain" + name, "patient.sh")
        let host = try host(program, manifest)
        try host.install(script: Scripts.patient, as: "patient.sh")
        try host.start("plain" + name)
        try host.log(holding: "\(name) failed: the path of its workload socket, ")
        let row = try host.module(name, until: { $0["status"].string == "failed" })
        #expect(row["description"].string?.contains("may have 107; name a shorter host.runtimeDirectory") == true)
        let log = try host.martlet("logs", "plain" + name).output
        #expect(log.contains("there is no workload socket: the path"))
    }

    @Test(arguments: MartletProgram.all) func `a module without keys signs nothing`(_ program: MartletProgram) throws {
        let host = try host(program, manifest(["mute": [#"POST {own}/sign {"data":"aGVsbG8="}"#]]))
        host.manifest.modules["mute"]?["status"] = "stopped"
        try host.writeManifest()
        try host.launch()
        try host.waitUntilAnswering()
        let changed = try host.http(
            "PUT", "/devices/Hannover01/modules/mute", body: #"{"authentication":{"type":"none"}}"#, headers: ["If-Match: *"])
        #expect(changed.status == 200)
        #expect(try host.martlet("start", "mute").code == 0)
        let answer = try answers(host, "mute", 1)[0]
        #expect(answer.status == 404 && answer.body["message"].string == #"module "mute" has no keys: its authentication is none"#)
    }

    @Test(arguments: MartletProgram.all) func `a module that asks for ever more certificates leaves some to others`(
        _ program: MartletProgram
    ) throws {
        let ask = #"POST {own}/certificate/server {"commonName": "host"}"#
        let host = try host(program, manifest(["greedy": Array(repeating: ask, count: 12), "modest": [ask]]))
        try host.start("greedy", "modest")
        #expect(try answers(host, "greedy", 12).map { $0.status } == Array(repeating: 201, count: 10) + [429, 429])
        #expect(try answers(host, "modest", 1).map { $0.status } == [201])
    }
}
