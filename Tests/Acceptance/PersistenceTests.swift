import Foundation
import TestSupport
import Testing

/// What survives a restart and the sudden death of the host.
struct PersistenceTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5, "nested": ["a": 1, "b": 2]]
        manifest.routeUpstream("up", from: "probe")
        return try Host(program, manifest, images: [try Images.probe])
    }

    @Test(arguments: MartletProgram.all, [SIGTERM, SIGKILL])
    func `twins, generation ids and the queue to the cloud are there again`(_ program: MartletProgram, _ signal: Int32) throws {
        let host = try host(program)
        try host.start("probe")
        #expect(try host.invoke("probe", "report", #"{"state":"ok"}"#)["result"].int == 0)
        _ = try host.json("twin", "probe", "--desired", #"{"operator":"was here","nested":{"a":9}}"#)
        _ = try host.json("twin", "--desired", #"{"place":"cellar"}"#)
        for n in 1...3 { #expect(try host.invoke("probe", "send", "{\"n\":\(n)}")["result"].int == 0) }
        let twin = try host.json("twin", "probe")
        let generation = try #require(try host.http("GET", "/identities/probe").body["generationId"].string)
        let bytes = try host.json("queues", "--json").array.first { $0["endpoint"].string == "$upstream" }?["bytes"].int
        #expect(try host.upstreamLength() == 3)
        let end = try host.end(signal)
        #expect(signal == SIGKILL || end == .exit(0))

        try host.start("probe")
        let again = try host.json("twin", "probe")
        #expect(again["properties"]["reported"]["state"].string == "ok")
        #expect(again["properties"]["desired"]["operator"].string == "was here")
        #expect(again["properties"]["desired"]["nested"]["a"].int == 9)
        #expect(again["properties"]["desired"]["$version"].int == twin["properties"]["desired"]["$version"].int)
        #expect(again["etag"].string == twin["etag"].string)
        #expect(try host.json("twin")["properties"]["desired"]["place"].string == "cellar")
        #expect(try host.http("GET", "/identities/probe").body["generationId"].string == generation)
        #expect(try host.upstreamLength() == 3)
        #expect(try host.json("queues", "--json").array.first { $0["endpoint"].string == "$upstream" }?["bytes"].int == bytes)
        // The module sees the same.
        #expect(try host.invoke("probe", "twin")["desired"]["operator"].string == "was here")
    }

    @Test(arguments: MartletProgram.all) func `a removed state folder makes a factory-new device`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        let generation = try host.http("GET", "/identities/probe").body["generationId"].string
        _ = try host.json("twin", "probe", "--desired", #"{"operator":"was here"}"#)
        try host.end()
        try FileManager.default.removeItem(atPath: host.folder.path("state"))
        try host.start("probe")
        #expect(try host.http("GET", "/identities/probe").body["generationId"].string != generation)
        let desired = try host.json("twin", "probe")["properties"]["desired"]
        #expect(desired["operator"].string == nil)
        #expect(desired["limit"].int == 5)
    }

    @Test(arguments: MartletProgram.all) func `what was acknowledged is there after kill -9, twenty times over`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        manifest.executable("sender", "sender", ["settings": ["args": ["acknowledged"]]])
        manifest.routeUpstream("up", from: "sender")
        let host = try Host(program, manifest, images: [try Images.sender])
        let file = host.folder.path("modules/acknowledged")
        var seen = 0
        for round in 1...20 {
            try host.start("sender")
            // Some were acknowledged in this round: then the blow comes in the middle of the next.
            try host.waitUntil { acknowledged(file) >= seen + round }
            try host.end(SIGKILL)
            seen = acknowledged(file)
        }
        // What stays acknowledged is counted before the sender can go on.
        host.manifest.modules["sender"]?["status"] = "stopped"
        try host.writeManifest()
        try host.launch()
        try host.waitUntilAnswering()
        #expect(try host.upstreamLength() >= seen)
        #expect(seen >= 20)
    }

    @Test(arguments: MartletProgram.all) func `killed while it starts its modules, the host starts again at once`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        for n in 0..<10 { manifest.executable("m\(n)", "patient.sh", ["startupOrder": n]) }
        let host = try Host(program, manifest)
        try host.install(script: Scripts.patient, as: "patient.sh")
        for round in 0..<30 {
            try host.launch()
            try host.log(holding: "starts device")
            // Each time a little later: while it opens its state, makes its sockets, forks its children.
            for _ in 0..<round { _ = try runProgram(["/bin/true"]) }
            try host.end(SIGKILL)
        }
        try host.start("m0", "m9")
        #expect(Set(try host.json("list", "--json").array.compactMap { $0["status"].string }) == ["running"])
        #expect(try host.end() == .exit(0))
    }

    private func acknowledged(_ file: String) -> Int {
        (try? Data(contentsOf: URL(fileURLWithPath: file)))?.count { $0 == UInt8(ascii: "\n") } ?? 0
    }
}
