import Foundation
import TestSupport
import Testing

/// management.sock by curl: IoT Edge's management API, and IoT Hub's service API for twins and methods.
struct ManagementAPITests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.library("absent", "libabsent.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    @Test(arguments: MartletProgram.all) func `modules are listed and shown as IoT Edge's management API does`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let modules = try host.http("GET", "/modules?api-version=2022-08-03")
        #expect(modules.status == 200)
        #expect(modules.body["modules"].array.count == 2)
        let probe = try host.http("GET", "/modules/probe").body
        #expect(probe["name"].string == "probe")
        #expect(probe["type"].string == "library")
        #expect(probe["config"]["settings"]["image"].string == "libprobe.so")
        #expect(probe["status"]["runtimeStatus"]["status"].string == "running")
        #expect(probe["status"]["startTime"].string != nil)
        #expect(try host.http("GET", "/modules/absent").body["status"]["runtimeStatus"]["status"].string == "failed")
        let unknown = try host.http("GET", "/modules/nobody")
        #expect(unknown.status == 404)
        #expect(unknown.body["message"].string?.contains("nobody") == true)
    }

    @Test(arguments: MartletProgram.all) func `modules are stopped, started and restarted`(_ program: MartletProgram) throws {
        let host = try host(program)
        #expect(try host.http("POST", "/modules/probe/start").status == 304)
        #expect(try host.http("POST", "/modules/probe/stop").status == 204)
        #expect(try host.http("POST", "/modules/probe/stop").status == 304)
        #expect(try host.http("POST", "/modules/probe/start").status == 204)
        #expect(try host.http("POST", "/modules/probe/restart").status == 204)
        #expect(try host.http("POST", "/modules/nobody/restart").status == 404)
        let logs = try host.http("GET", "/modules/probe/logs?tail=1")
        #expect(logs.status == 200)
        #expect(logs.text.hasPrefix("started build 1"))
        #expect(try host.http("GET", "/modules/nobody/logs").status == 404)
        #expect(try host.http("GET", "/modules/probe/logs?tail=many").status == 400)
    }

    @Test(arguments: MartletProgram.all) func `twins are read, patched and replaced as with IoT Hub`(_ program: MartletProgram) throws {
        let host = try host(program)
        let path = "/twins/Hannover01/modules/probe?api-version=2021-04-12"
        let first = try host.http("GET", path)
        #expect(first.status == 200)
        #expect(first.body["properties"]["desired"]["$version"].int != nil)
        let patched = try host.http("PATCH", path, body: #"{"properties":{"desired":{"a":1,"b":2}},"tags":{"site":"north"}}"#)
        #expect(patched.status == 200)
        #expect(patched.body["tags"]["site"].string == "north")
        let etag = try #require(patched.body["etag"].string)
        let stale = try host.http(
            "PATCH", path, body: #"{"properties":{"desired":{"a":2}}}"#,
            headers: ["If-Match: \"\(try #require(first.body["etag"].string))\""])
        #expect(stale.status == 412)
        #expect(stale.body["Message"].string != nil)
        #expect(
            try host.http("PATCH", path, body: #"{"properties":{"desired":{"a":2}}}"#, headers: ["If-Match: \"\(etag)\""]).status == 200)
        let replaced = try host.http("PUT", path, body: #"{"properties":{"desired":{"c":3}}}"#)
        #expect(replaced.status == 200)
        let desired = try host.http("GET", path).body["properties"]["desired"]
        #expect(desired.keys.contains("c") && !desired.keys.contains("a"))

        #expect(try host.http("PATCH", path, body: "{no").status == 400)
        #expect(try host.http("PATCH", path, body: #"{"properties":{"desired":[]}}"#).status == 400)
        #expect(try host.http("GET", "/twins/Hannover01/modules/nobody").status == 404)
        #expect(try host.http("GET", "/twins/Other").status == 404)
        #expect(try host.http("GET", "/twins/Hannover01").body["deviceId"].string == "Hannover01")
    }

    @Test(arguments: MartletProgram.all) func `direct methods are called as with IoT Hub`(_ program: MartletProgram) throws {
        let host = try host(program)
        let path = "/twins/Hannover01/modules/probe/methods"
        let answer = try host.http("POST", path, body: #"{"methodName":"echo","payload":{"x":1},"responseTimeoutInSeconds":5}"#)
        #expect(answer.status == 200)
        #expect(answer.body["status"].int == 200)
        #expect(answer.body["payload"]["x"].int == 1)
        let absent = try host.http("POST", "/twins/Hannover01/modules/absent/methods", body: #"{"methodName":"echo"}"#)
        #expect(absent.status == 404)
        #expect(absent.body["message"].string != nil)
        #expect(try host.http("POST", path, body: #"{"payload":1}"#).status == 400)
        #expect(try host.http("POST", path, body: #"{"methodName":"echo","responseTimeoutInSeconds":1}"#).status == 400)
    }

    @Test(arguments: MartletProgram.all) func `identities have a generation id and no keys`(_ program: MartletProgram) throws {
        let host = try host(program)
        let identities = try host.http("GET", "/identities/").body["identities"].array
        #expect(Set(identities.compactMap { $0["moduleId"].string }) == ["probe", "absent"])
        #expect(identities.allSatisfy { $0["generationId"].string != nil && $0["managedBy"].string == "IotEdge" })
        let registry = try host.http("GET", "/devices/Hannover01/modules")
        #expect(registry.body.array.count == 2)
        #expect(try host.http("GET", "/devices/Hannover01/modules/probe").body["deviceId"].string == "Hannover01")
        #expect(try host.http("GET", "/systeminfo").body["osType"].string == "linux")
    }

    @Test(arguments: MartletProgram.all) func `what is not there or not allowed is refused in JSON`(_ program: MartletProgram) throws {
        let host = try host(program)
        let unknown = try host.http("GET", "/nonsense")
        #expect(unknown.status == 404)
        #expect(unknown.body["message"].string != nil)
        #expect(try host.http("DELETE", "/modules/probe").status >= 400)
        let large = String(repeating: "x", count: 3 << 20)
        #expect(try host.http("PATCH", "/twins/Hannover01", body: "{\"tags\":{\"a\":\"\(large.prefix(60_000))\"}}").status >= 400)
        // The host goes on after nonsense on its socket.
        let garbage = try runProgram(
            ["/usr/bin/env", "python3", "-c", Self.garbage, host.folder.path("run/management.sock")])
        #expect(garbage.code == 0, "\(garbage.errors)")
        #expect(try host.martlet("list").code == 0)
    }

    /// Connects, writes what no HTTP is, and reads to the end; then leaves half a request behind.
    private static let garbage = """
        import socket, sys
        for text in [b"\\x00\\xff" * 5000 + b"\\r\\n\\r\\n", b"GET " + b"/" * 200000 + b" HTTP/1.1\\r\\n\\r\\n"]:
            s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
            try:
                s.sendall(text)
                while s.recv(4096): pass
            except OSError: pass
        for n in range(20):
            s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])
            s.sendall(b"POST /modules/probe/start HTTP/1.1\\r\\nContent-Le"); s.close()
        """

    @Test(arguments: MartletProgram.all) func `the socket is the owner's alone`(_ program: MartletProgram) throws {
        let host = try host(program)
        let attributes = try FileManager.default.attributesOfItem(atPath: host.folder.path("run/management.sock"))
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        let state = try FileManager.default.attributesOfItem(atPath: host.folder.path("state"))
        #expect(((state[.posixPermissions] as? NSNumber)?.intValue ?? 0) & 0o077 == 0)
    }
}
