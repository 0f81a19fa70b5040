import Foundation
import TestSupport
import Testing

/// Identities over IoT Hub's registry and the command line: made, changed, deleted, and what is deployed under them.
struct IdentityTests {
    private static let registry = "/devices/Hannover01/modules"

    /// Says at its start under which generation it is.
    private static let script = Scripts.patient.replacingOccurrences(
        of: "#!/bin/sh\n", with: "#!/bin/sh\necho \"generation $IOTEDGE_MODULEGENERATIONID\" >&2\n")

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.executable("script", "script.sh")
        for name in ["probe", "script"] { manifest.desired[name] = ["limit": 5] }
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: Self.script, as: "script.sh")
        try host.start("probe", "script")
        return host
    }

    @Test(arguments: MartletProgram.all) func `an identity that is in no manifest lives from PUT to DELETE`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let path = Self.registry + "/camera.1%23"
        #expect(try host.http("GET", path).status == 404)
        #expect(try host.http("PUT", path, body: "{}", headers: ["If-Match: *"]).status == 404)
        let made = try host.http("PUT", path, body: #"{"moduleId":"camera.1#","deviceId":"Hannover01","managedBy":"me"}"#)
        #expect(made.status == 201)
        #expect(
            try host.keys(made.text) == [
                "moduleId", "managedBy", "deviceId", "generationId", "etag", "authentication", "authentication.type",
                "authentication.symmetricKey", "authentication.symmetricKey.primaryKey", "authentication.symmetricKey.secondaryKey",
            ])
        #expect(made.body["moduleId"].string == "camera.1#" && made.body["managedBy"].string == "me")
        let generation = try #require(made.body["generationId"].string)
        #expect(generation.wholeMatch(of: /[0-9]{1,20}/) != nil)
        #expect(try host.http("PUT", path, body: "{}").status == 409)
        #expect(
            try host.http("GET", Self.registry).body.array.compactMap { $0["moduleId"].string }.sorted() == [
                "camera.1#", "probe", "script",
            ])

        let etag = try #require(made.body["etag"].string)
        let changed = try host.http(
            "PUT", path, body: #"{"managedBy":"you","authentication":{"type":"none"}}"#, headers: ["If-Match: \"\(etag)\""])
        #expect(changed.status == 200)
        #expect(changed.body["generationId"].string == generation && changed.body["managedBy"].string == "you")
        #expect(changed.body["authentication"].text == #"{"type":"none"}"#)
        #expect(try host.http("PUT", path, body: "{}", headers: ["If-Match: \"\(etag)\""]).status == 412)
        #expect(try host.http("DELETE", path, headers: ["If-Match: \"\(etag)\""]).status == 412)

        // It has a twin from its first moment on.
        let twin = try host.http("GET", "/twins/Hannover01/modules/camera.1%23").body
        for section in ["desired", "reported"] { #expect(twin["properties"][section].keys == ["$metadata", "$version"]) }
        #expect(twin["properties"]["desired"]["$version"].int == 1)
        #expect(try host.json("twin", "camera.1#", "--desired", #"{"a":1}"#, "--tags", #"{"b":2}"#)["tags"]["b"].int == 2)

        // All of it is on disk.
        try host.end(SIGKILL)
        try host.start("probe", "script")
        #expect(try host.http("GET", path).body["managedBy"].string == "you")
        #expect(try host.json("twin", "camera.1#")["properties"]["desired"]["a"].int == 1)

        #expect(try host.http("DELETE", path, headers: ["If-Match: *"]).status == 204)
        for gone in [path, "/twins/Hannover01/modules/camera.1%23"] { #expect(try host.http("GET", gone).status == 404) }
        #expect(try host.http("DELETE", path).status == 404)
        let again = try host.http("PUT", path, body: "{}")
        #expect(again.body["generationId"].string != generation)
        #expect(
            again.body["authentication"]["symmetricKey"]["primaryKey"].string
                != made.body["authentication"]["symmetricKey"]["primaryKey"].string)
        #expect(try host.json("twin", "camera.1#")["tags"].keys.isEmpty)
    }

    @Test(arguments: MartletProgram.all) func `a deployed module whose identity is deleted starts anew under a new one`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        for name in ["probe", "script"] {
            _ = try host.json("twin", name, "--desired", #"{"limit":99,"extra":1}"#, "--tags", #"{"site":"roof"}"#)
            let before = try host.http("GET", "\(Self.registry)/\(name)").body
            let log = try host.follow("logs", name, "-f")
            let from = host.logEnd
            #expect(try host.martlet("identity", name, "--delete").code == 0)
            try host.log(from: from, holding: "agent: \(name) running")
            let after = try host.http("GET", "\(Self.registry)/\(name)").body
            let generation = try #require(after["generationId"].string)
            #expect(generation != before["generationId"].string)
            #expect(after["managedBy"].string == "IotEdge")
            #expect(after["authentication"].text != before["authentication"].text)
            let twin = try host.json("twin", name)
            #expect(twin["tags"].keys.isEmpty)
            #expect(twin["properties"]["desired"].keys == ["limit", "$metadata", "$version"])
            #expect(twin["properties"]["desired"]["limit"].int == 5)
            #expect(twin["properties"]["desired"]["$version"].int == 2)
            #expect(twin["properties"]["reported"]["$version"].int == 1)
            if name == "script" {
                try log.output.line(holding: "generation \(generation)")
            } else {
                let starts = log.output.lines.filter { $0.hasPrefix("started build 1 ") }.count
                #expect(starts == 1 || starts == 2)
                try log.output.line { $0.hasPrefix("started build 1 ") && $0.contains("\"limit\":5") && $0.contains("\"$version\":2") }
            }
        }
        // What is deleted twice at once is new twice, and the module runs in the end.
        for _ in 0..<3 { #expect(try host.http("DELETE", Self.registry + "/script").status == 204) }
        let generation = try #require(try host.http("GET", Self.registry + "/script").body["generationId"].string)
        try host.waitUntil { try host.martlet("logs", "script").output.contains("generation \(generation)") }
        _ = try host.module("script") { $0["status"].string == "running" }
        #expect(try host.http("DELETE", "/devices/Hannover01").status == 400)
    }

    @Test(arguments: MartletProgram.all) func `a module that leaves the manifest keeps its identity until it is deleted`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let generation = try host.http("GET", Self.registry + "/script").body["generationId"].string
        host.manifest.modules["script"] = nil
        host.manifest.desired["script"] = nil
        try host.writeManifest()
        try host.log(holding: "agent: script removed")
        #expect(try host.http("GET", Self.registry + "/script").body["generationId"].string == generation)
        #expect(try host.martlet("identity", "script", "--delete").code == 0)
        #expect(try host.http("GET", Self.registry + "/script").status == 404)
        #expect(try host.martlet("twin", "script").code == 1)
    }

    @Test(arguments: MartletProgram.all) func `the command line lists, makes and deletes identities`(_ program: MartletProgram) throws {
        let host = try host(program)
        #expect(try host.martlet("identity", "camera", "--create").code == 0)
        let table = try host.martlet("identity").output.split(separator: "\n")
        #expect(table.first?.split(separator: " ") == ["NAME", "AUTHENTICATION", "MANAGED", "BY", "GENERATION"])
        #expect(table.dropFirst().compactMap { $0.split(separator: " ").first } == ["camera", "probe", "script"])
        #expect(!table.contains { $0.contains("=") })
        #expect(try host.martlet("identity", "probe").output.split(separator: "\n").count == 2)
        let all = try host.json("identity", "--json").array
        #expect(all.compactMap { $0["moduleId"].string } == ["camera", "probe", "script"])
        #expect(try host.json("identity", "probe", "--json").text == all[1].text)
        let twice = try host.martlet("identity", "camera", "--create")
        #expect(twice.code == 1 && twice.errors.contains("camera"))
        #expect(try host.martlet("identity", "a b", "--create").code == 2)
        #expect(try host.martlet("identity", "camera", "--delete").code == 0)
        let gone = try host.martlet("identity", "camera", "--delete")
        #expect(gone.code == 1 && gone.errors.contains("camera"))
        for line in [["camera"], ["camera", "--token", "60"], ["camera", "--connection-string"]] {
            #expect(try host.martlet(["identity"] + line).code == 1, "\(line)")
        }
        for line in [
            ["--create"], ["--delete"], ["a", "--create", "--delete"], ["a", "--token", "0"], ["a", "--token", "soon"],
            ["a", "--delete", "--json"], ["a", "b"],
        ] { #expect(try host.martlet(["identity"] + line).code == 2, "\(line)") }
    }
}
