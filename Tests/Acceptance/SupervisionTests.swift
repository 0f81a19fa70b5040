import Foundation
import TestSupport
import Testing

/// Instances end and are started again, or not, as their policies say; and all end with the host.
struct SupervisionTests {
    @Test(arguments: MartletProgram.all) func `each restart policy acts on the ends it names`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.host["restart"] = ["coolOffSeconds": 0, "maxRestarts": 2]
        for policy in ["never", "on-failure", "on-unhealthy", "always"] {
            for code in [0, 3] { manifest.executable("\(policy)-\(code)", "exit\(code).sh", ["restartPolicy": policy]) }
        }
        let host = try Host(program, manifest)
        for code in [0, 3] { try host.install(script: Scripts.ending(code), as: "exit\(code).sh") }
        try host.launch()
        try host.waitUntilAnswering()
        let expected: [(name: String, status: String, restarts: Int)] = [
            ("never-0", "stopped", 0), ("never-3", "failed", 0), ("on-failure-0", "stopped", 0), ("on-failure-3", "failed", 2),
            ("on-unhealthy-0", "stopped", 0), ("on-unhealthy-3", "failed", 2), ("always-0", "failed", 2), ("always-3", "failed", 2),
        ]
        for (name, status, restarts) in expected {
            let module = try host.module(name) { row in
                row["status"].string == status && row["restartCount"].int == restarts
                    && (restarts == 0 || row["description"].string?.contains("given up") == true)
            }
            #expect(module["exitCode"].int == (name.hasSuffix("0") ? 0 : 3))
            #expect(module["pid"].int == nil)
        }
        // The reason is the last word of the module.
        #expect(try host.module("never-3")["description"].string?.contains("the words before the end") == true)
    }

    @Test(arguments: MartletProgram.all) func `with a cool-off it waits, and the operator need not`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.host["restart"] = ["coolOffSeconds": 200]
        manifest.executable("ending", "ending.sh")
        let host = try Host(program, manifest)
        try host.install(script: Scripts.ending(3), as: "ending.sh")
        try host.launch()
        try host.log(holding: "restart 1 in 200 s")
        let module = try host.module("ending")
        #expect(module["status"].string == "backoff")
        #expect(module["exitCode"].int == 3)
        #expect(module["restartCount"].int == 1)
        let end = host.logEnd
        #expect(try host.martlet("start", "ending").code == 0)
        try host.log(from: end, holding: "restart 1 in 200 s")
        #expect(try host.martlet("stop", "ending").code == 0)
        #expect(try host.module("ending")["status"].string == "stopped")
        // What waits does not hold up the end.
        #expect(try host.martlet("start", "ending").code == 0)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a crash is restarted with the same identity and twin`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.functions("plain", "libplain.so", PlainSource.functions)
        manifest.library("probe", "libprobe.so")
        manifest.desired["plain"] = ["a": 1]
        let host = try Host(program, manifest, images: [try Images.plain, try Images.probe])
        try host.start("plain", "probe")
        let pid = try #require(try host.module("plain")["pid"].int)
        let generation = try host.http("GET", "/identities/plain").body["generationId"].string
        let end = host.logEnd
        let crash = try host.martlet("invoke", "plain", "crash")
        #expect(crash.code == 1)
        try host.log(from: end, holding: "agent: plain running")
        #expect(try host.module("plain")["pid"].int != pid)
        #expect(try host.module("plain")["restartCount"].int == 1)
        #expect(try host.invoke("plain", "count").int == 1)
        #expect(try host.http("GET", "/identities/plain").body["generationId"].string == generation)
        #expect(try host.json("twin", "plain")["properties"]["desired"]["a"].int == 1)
        #expect(try host.module("probe")["restartCount"].int == 0)
    }

    @Test(arguments: MartletProgram.all) func `modules start in start order and stop in the reverse`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        for (name, order) in [("c", 1), ("a", 2), ("b", 3)] { manifest.library(name, "libprobe.so", ["startupOrder": order]) }
        manifest.library("d", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("a", "b", "c", "d")
        let process = try #require(host.process)
        #expect(try host.end() == .exit(0))
        _ = try process.errors.all()
        let lines = process.errors.lines
        #expect(order(of: " running", in: lines) == ["c", "a", "b", "d"])
        #expect(order(of: " stopped", in: lines) == ["d", "b", "a", "c"])
    }

    /// The modules in the order of their lines in the log.
    private func order(of word: String, in lines: [String]) -> [String] {
        lines.compactMap { line in
            guard let cut = line.range(of: "agent: "), line[cut.upperBound...].dropFirst().hasPrefix(word) else { return nil }
            return String(line[cut.upperBound])
        }
    }

    @Test(arguments: MartletProgram.all, [SIGTERM, SIGINT]) func `the host ends in order, also with a module that ignores stop and SIGTERM`(
        _ program: MartletProgram, _ signal: Int32
    ) throws {
        var manifest = Manifest()
        manifest.executable("patient", "patient.sh")
        manifest.executable("stubborn", "stubborn.sh")
        manifest.executable("mute", "mute.sh", ["settings": ["protocol": "none"]])
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: Scripts.patient, as: "patient.sh")
        try host.install(script: Scripts.stubborn, as: "stubborn.sh")
        try host.install(script: "#!/bin/sh\nexec sleep 600\n", as: "mute.sh")
        try host.start("patient", "stubborn", "mute", "probe")
        let pids = try ["patient", "stubborn", "mute"].map { try #require(try host.module($0)["pid"].int) }
        let process = try #require(host.process)
        // The promise is 10 s; a machine under load gets more, and the log's own times tell the truth.
        #expect(try host.end(signal) == .exit(0))
        for pid in pids { #expect(!OtherProcess.isRunning(pid)) }
        _ = try process.errors.all()
        #expect(process.errors.lines.contains { $0.contains("agent: patient stopped (exit code 0)") })
        #expect(process.errors.lines.last?.hasSuffix("host: ended") == true)
        #expect(!FileManager.default.fileExists(atPath: host.folder.path("run/management.sock")))
    }

    @Test(arguments: MartletProgram.all) func `desired status stopped is not started`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("idle", "libprobe.so", ["status": "stopped"])
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        #expect(try host.module("idle")["status"].string == "stopped")
        #expect(try host.module("idle")["lastStartTimeUtc"].string == nil)
    }
}
