import Foundation
import TestSupport
import Testing

/// The state folder: one host at a time, full disks, folders that cannot be written.
struct StateFolderTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.routeUpstream("up", from: "probe")
        return try Host(program, manifest, images: [try Images.probe])
    }

    @Test(arguments: MartletProgram.all) func `a second host on the state folder is refused and told who holds it`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        try host.start("probe")
        let pid = try #require(host.process?.pid)
        let second = try runProgram(program.command + ["run", host.manifestPath, "--runtime", host.folder.path("run2")])
        #expect(second.code == 1)
        #expect(second.errors.contains("process \(pid)"))
        #expect(second.errors.contains(host.folder.path("state")))
        // The same of the runtime folder.
        let third = try runProgram(program.command + ["run", host.manifestPath, "--state", host.folder.path("state2")])
        #expect(third.code == 1)
        #expect(third.errors.contains("process \(pid)"))
        // The first goes on as if nothing had been.
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.martlet("list").code == 0)
        // Killed, it holds the folder no longer.
        try host.end(SIGKILL)
        try host.start("probe")
    }

    @Test(arguments: MartletProgram.all) func `a state that is damaged is refused with a way out`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        try host.end()
        let state = host.folder.path("state")
        let database = try #require(
            try FileManager.default.contentsOfDirectory(atPath: state).first { $0.hasSuffix(".db") || $0.hasSuffix(".sqlite") })
        try Data(repeating: 0x58, count: 8192).write(to: URL(fileURLWithPath: state + "/" + database))
        let run = try runProgram(program.command + ["run", host.manifestPath])
        #expect(run.code == 1)
        #expect(run.errors.contains(database))
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `a full disk is reported, loses nothing that was acknowledged, and the host goes on once there is room`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let disk = try SmallDisk(host.folder.path("state"), megabytes: 2)
        try host.start("probe")
        #expect(try host.invoke("probe", "report", #"{"kept":true}"#)["result"].int == 0)
        let body = "\"" + String(repeating: "x", count: 100_000) + "\""
        #expect(try host.json("invoke", "probe", "send", body)["status"].int == 200)
        var accepted = 1
        let ballast = host.folder.path("state/ballast")
        disk.fill(ballast)
        // The log has room of its own for a while; then the answers are refusals.
        var refusals = 0
        for _ in 0..<40 where refusals < 2 {
            if try host.json("invoke", "probe", "send", body)["status"].int == 200 { accepted += 1 } else { refusals += 1 }
        }
        #expect(refusals == 2)
        let line = try host.log { $0.hasPrefix("<3> ") && $0.contains("hub: ") }
        #expect(line.text.contains("full") || line.text.contains("space"), "\(line.text)")
        #expect(try host.json("invoke", "probe", "report", #"{"lost":true}"#)["status"].int == 500)
        #expect(!(try host.json("twin", "probe")["properties"]["reported"].keys.contains("lost")))
        let patch = try host.martlet("twin", "probe", "--desired", #"{"lost":true}"#)
        #expect(patch.code == 1)
        #expect(patch.errors.contains("space") || patch.errors.contains("full"))
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.upstreamLength() == accepted)

        try FileManager.default.removeItem(atPath: ballast)
        #expect(try host.invoke("probe", "report", #"{"after":true}"#)["result"].int == 0)
        #expect(try host.json("invoke", "probe", "send", "1")["status"].int == 200)
        try host.end(SIGKILL)
        try host.start("probe")
        #expect(try host.upstreamLength() == accepted + 1)
        let reported = try host.json("twin", "probe")["properties"]["reported"]
        #expect(reported["kept"].bool == true && reported["after"].bool == true && !reported.keys.contains("lost"))
        try host.end()
        disk.unmount()
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `a disk that is full at the start is reported, and an existing state still starts`(_ program: MartletProgram) throws {
        let host = try host(program)
        let disk = try SmallDisk(host.folder.path("state"), megabytes: 2)
        disk.fill(host.folder.path("state/ballast"))
        let run = try runProgram(program.command + ["run", host.manifestPath])
        #expect(run.code == 1)
        #expect(run.errors.contains("<3> "), "\(run.errors)")
        try FileManager.default.removeItem(atPath: host.folder.path("state/ballast"))
        try host.start("probe")
        #expect(try host.invoke("probe", "report", #"{"kept":true}"#)["result"].int == 0)
        try host.end()
        disk.fill(host.folder.path("state/ballast"))
        try host.start("probe")
        #expect(try host.json("twin", "probe")["properties"]["reported"]["kept"].bool == true)
        try host.end()
        disk.unmount()
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `a read-only state folder is refused with a clear message`(_ program: MartletProgram) throws {
        let host = try host(program)
        let disk = try SmallDisk(host.folder.path("state"), megabytes: 2, options: "ro")
        let run = try runProgram(program.command + ["run", host.manifestPath])
        #expect(run.code == 1)
        #expect(run.errors.contains(host.folder.path("state")))
        #expect(run.errors.lowercased().contains("read-only"))
        disk.unmount()
        try host.start("probe")
    }

    @Test(arguments: MartletProgram.all) func `a start that is refused leaves no trace`(_ program: MartletProgram) throws {
        let host = try host(program)
        let long = host.folder.path(String(repeating: "x", count: 100))
        let run = try runProgram(program.command + ["run", host.manifestPath, "--runtime", long])
        #expect(run.code == 1)
        #expect(run.errors.contains("too long for a socket") && run.errors.contains("runtimeDirectory"))
        try host.start("probe")
        #expect(!host.logLines.contains { $0.contains("did not end in order") })
        try host.end()
        try host.start("probe")
        #expect(!host.logLines.contains { $0.contains("did not end in order") })
    }

    @Test(arguments: MartletProgram.all) func `a state folder that cannot be one is refused with a clear message`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        try host.folder.write("a file", to: "state")
        let run = try runProgram(program.command + ["run", host.manifestPath])
        #expect(run.code == 1)
        #expect(run.errors.contains(host.folder.path("state")))
    }
}
