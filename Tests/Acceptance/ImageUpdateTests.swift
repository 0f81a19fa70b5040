import Foundation
import TestSupport
import Testing

/// Module files that change in every way files change: they are taken once they are complete and different.
struct ImageUpdateTests {
    private func host(_ program: MartletProgram, restart: Manifest.Object = ["coolOffSeconds": 0]) throws -> Host {
        var manifest = Manifest()
        manifest.host = ["restart": restart]
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    private func build(_ host: Host) throws -> Int? { try host.invoke("probe", "build").int }

    /// Waits until the new build runs.
    private func becomesTwo(_ host: Host, from end: Int) throws {
        try host.log(from: end, holding: "agent: probe running")
        #expect(try build(host) == 2)
    }

    @Test(arguments: MartletProgram.all) func `a file that is copied over in pieces with pauses is taken once, when it is complete`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let end = host.logEnd
        let new = try Data(contentsOf: URL(fileURLWithPath: try Images.probe2))
        let file = try #require(FileHandle(forUpdatingAtPath: host.folder.path("modules/libprobe.so")))
        try file.truncate(atOffset: 0)
        // The whole length at once, as some tools do: the headers say nothing is missing.
        try file.truncate(atOffset: UInt64(new.count))
        try file.seek(toOffset: 0)
        for index in 0..<4 {
            file.write(new[(index * new.count / 4)..<((index + 1) * new.count / 4)])
            // Longer than a file must be quiet: what runs answers, and is the old one.
            let pause = Date(timeIntervalSinceNow: 0.5)
            while Date() < pause { #expect(try build(host) == 1) }
        }
        try file.close()
        try becomesTwo(host, from: end)
        #expect(host.logLines.dropFirst(end).count { $0.contains("agent: probe running") } == 1)
        #expect(!host.logLines.contains { $0.contains("[ERR]") })
    }

    @Test(arguments: MartletProgram.all) func `a file in part is not taken, what runs goes on, and the rest completes it`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let end = host.logEnd
        let new = try Data(contentsOf: URL(fileURLWithPath: try Images.probe2))
        try new.prefix(new.count / 2).write(to: URL(fileURLWithPath: host.folder.path("modules/libprobe.so")))
        try host.log(from: end, holding: "is cut off")
        #expect(try build(host) == 1)
        let row = try host.module("probe")
        #expect(row["status"].string == "running")
        #expect(row["description"].string?.contains("its new image is not taken: ") == true, "\(row.text)")
        let file = try #require(FileHandle(forUpdatingAtPath: host.folder.path("modules/libprobe.so")))
        try file.seekToEnd()
        file.write(new.suffix(from: new.count / 2))
        try file.close()
        try becomesTwo(host, from: end)
        #expect(try host.module("probe")["description"].string?.contains("not taken") == false)
    }

    @Test(arguments: MartletProgram.all) func `a rename, cp over it, and a file that is deleted and comes back are updates`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        var end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        try becomesTwo(host, from: end)
        end = host.logEnd
        let place = host.folder.path("modules/libprobe.so")
        #expect(try runProgram(["/bin/cp", try Images.probe, place]).code == 0)
        try host.log(from: end, holding: "agent: probe running")
        #expect(try build(host) == 1)
        // The same content again is none.
        end = host.logEnd
        #expect(try runProgram(["/bin/cp", try Images.probe, place]).code == 0)
        try FileManager.default.removeItem(atPath: place)
        #expect(try build(host) == 1)
        try host.install(try Images.probe2, as: "libprobe.so")
        try becomesTwo(host, from: end)
        #expect(host.logLines.dropFirst(end).count { $0.contains("agent: probe running") } == 1)
    }

    @Test(arguments: MartletProgram.all) func `links that are pointed elsewhere are updates, and so is what they lead to`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest)
        let files = FileManager.default
        for (release, image) in [("one", try Images.probe), ("two", try Images.probe2)] {
            try files.createDirectory(atPath: host.folder.path("releases/" + release), withIntermediateDirectories: true)
            try files.copyItem(atPath: image, toPath: host.folder.path("releases/\(release)/lib.so"))
        }
        func point(_ name: String, to target: String) throws {
            try files.createSymbolicLink(atPath: host.folder.path("new"), withDestinationPath: target)
            #expect(rename(host.folder.path("new"), host.folder.path(name)) == 0)
        }
        try point("current", to: "releases/one")
        try point("modules/libprobe.so", to: "../current/lib.so")
        try host.start("probe")
        #expect(try build(host) == 1)
        var end = host.logEnd
        try point("current", to: "releases/two")
        try becomesTwo(host, from: end)
        // The watch has followed the link.
        end = host.logEnd
        #expect(try runProgram(["/bin/cp", try Images.probe, host.folder.path("releases/two/lib.so")]).code == 0)
        try host.log(from: end, holding: "agent: probe running")
        #expect(try build(host) == 1)
    }

    @Test(arguments: MartletProgram.all) func `a modules folder that is swapped, moved away or made anew is followed`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let files = FileManager.default
        let modules = host.folder.path("modules")
        func release(_ name: String, _ image: String) throws {
            try files.createDirectory(atPath: host.folder.path(name), withIntermediateDirectories: true)
            try files.copyItem(atPath: image, toPath: host.folder.path(name + "/libprobe.so"))
        }
        try release("next", try Images.probe2)
        var end = host.logEnd
        #expect(
            try runProgram(["/bin/sh", "-c", "mv '\(modules)' '\(modules).old' && mv '\(host.folder.path("next"))' '\(modules)'"]).code == 0
        )
        try becomesTwo(host, from: end)
        // What is in the folder now is what counts.
        end = host.logEnd
        #expect(try runProgram(["/bin/cp", try Images.probe2, modules + ".old/libprobe.so"]).code == 0)
        #expect(try runProgram(["/bin/cp", try Images.probe, modules + "/libprobe.so"]).code == 0)
        try host.log(from: end, holding: "agent: probe running")
        #expect(try build(host) == 1)
        // It is away for a while: what runs goes on.
        try files.removeItem(atPath: modules)
        let pause = Date(timeIntervalSinceNow: 0.8)
        while Date() < pause { #expect(try build(host) == 1) }
        end = host.logEnd
        try release("next", try Images.probe2)
        #expect(rename(host.folder.path("next"), modules) == 0)
        try becomesTwo(host, from: end)
        #expect(!host.logLines.contains { $0.contains("[ERR]") })
    }

    @Test(arguments: MartletProgram.all) func `a deleted file is an error of the next start, until it comes back`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        manifest.executable("shell", "shell.sh")
        let host = try Host(program, manifest)
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.start("shell")
        try FileManager.default.removeItem(atPath: host.folder.path("modules/shell.sh"))
        let pid = try #require(try host.module("shell")["pid"].int)
        #expect(try host.module("shell")["status"].string == "running")
        kill(pid_t(pid), SIGKILL)
        let row = try host.module("shell") { $0["status"].string == "failed" }
        #expect(row["description"].string?.contains("shell.sh is not there: put the file into the modules folder") == true, "\(row.text)")
        let end = host.logEnd
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.log(from: end, holding: "agent: shell running")
    }

    @Test(arguments: MartletProgram.all) func `a file that is swapped again and again ends with the last one`(_ program: MartletProgram)
        throws
    {
        let host = try host(program, restart: ["coolOffSeconds": 0, "probationSeconds": 0])
        let end = host.logEnd
        for round in 0..<20 { try host.install(round % 2 == 0 ? try Images.probe : try Images.probe2, as: "libprobe.so") }
        try becomesTwo(host, from: end)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `two hundred instances of one image start, and leave no files when they are gone`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        for index in 0..<200 { manifest.library("probe\(index)", "libprobe.so") }
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.launch()
        for index in 0..<200 { try host.log(holding: "agent: probe\(index) running") }
        #expect(try host.invoke("probe0", "count").int == 1)
        #expect(try host.invoke("probe199", "count").int == 1)
        let images = host.folder.path("state/images")
        let digest = try #require(try FileManager.default.contentsOfDirectory(atPath: images).first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: images + "/" + digest).count == 200)
        host.manifest.modules = host.manifest.modules.filter { $0.key == "probe7" }
        try host.writeManifest()
        try host.waitUntil { try FileManager.default.contentsOfDirectory(atPath: images + "/" + digest).count <= 2 }
        #expect(try host.invoke("probe7", "count").int == 1)
        #expect(try host.end() == .exit(0))
    }
}
