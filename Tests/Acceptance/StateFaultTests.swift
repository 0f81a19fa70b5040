import Foundation
import TestSupport
import Testing

/// What happens to a whole state, on a disk on which the 1st, 2nd, 3rd … write, fsync, open and rename fails.
/// Of the ordinary build every seventh.
struct StateFaultTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        return try Host(program, manifest, images: [try Images.probe])
    }

    private func ask(_ host: Host, _ method: String, _ path: String, _ body: String? = nil) throws -> JSONValue {
        let client = try #require(ManagementClient(host.folder.path("run/management.sock")))
        let answer = try #require(client.ask(method, path, body))
        #expect(answer.status == 200, "\(method) \(path): \(answer.json.text)")
        return answer.json
    }

    private func isMarked(_ host: Host) throws -> Bool {
        let twin = try ask(host, "GET", "/twins/Hannover01")
        let (tag, desired) = (twin["tags"]["mark"].bool == true, twin["properties"]["desired"]["mark"].bool == true)
        #expect(tag == desired)
        return tag
    }

    /// Starts with an option; ends what comes of it. Returns whether a call failed meanwhile.
    private func run(_ host: Host, _ disk: FaultyDisk, _ option: [String] = []) throws -> Bool {
        if option.isEmpty { try host.launch() } else { try host.launch(option[0]) }
        let told = try? host.log { $0.contains("agent: probe ") }
        let hasFailed = disk.disarm()
        if told == nil {
            #expect(hasFailed)
            #expect(try host.waitForEnd() == .exit(1))
            #expect(host.logLines.contains { $0.hasPrefix("<3> ") && $0.contains(host.folder.path("state")) }, "\(host.logLines)")
        }
        try host.end(SIGKILL)
        return hasFailed
    }

    @Test(arguments: MartletProgram.all, DiskFaultTests.Fault.all)
    func `a reset that fails anywhere leaves the old state or a new one, and the old one aside as a whole`(
        _ program: MartletProgram, _ fault: DiskFaultTests.Fault
    ) throws {
        let host = try host(program)
        let disk = try FaultyDisk(host)
        let state = host.folder.path("state")
        for number in stride(from: 1, to: 500, by: program.isEmbedded ? 1 : 7) {
            try #require(number < 450, "does it never succeed?")
            try? FileManager.default.removeItem(atPath: state)
            try host.start("probe")
            _ = try ask(host, "PATCH", "/twins/Hannover01", #"{"tags":{"mark":true},"properties":{"desired":{"mark":true}}}"#)
            try host.end(SIGKILL)
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            let hasFailed = try run(host, disk, ["--reset-state"])
            try host.start("probe")
            let isOld = try isMarked(host)
            try host.end(SIGKILL)
            #expect(hasFailed || !isOld)
            if !isOld {
                // What was set aside is what was there.
                for suffix in ["", "-wal", "-journal", "-shm"] {
                    unlink(state + "/martlet.db" + suffix)
                    rename(state + "/martlet.db.aside-1" + suffix, state + "/martlet.db" + suffix)
                }
                try host.start("probe")
                #expect(try isMarked(host), "\(fault.testDescription) \(number)")
                try host.end(SIGKILL)
            }
            if !hasFailed { break }
        }
    }

    @Test(arguments: MartletProgram.all, DiskFaultTests.Fault.all)
    func `a migration that fails anywhere is done by the next start, with all that was there`(
        _ program: MartletProgram, _ fault: DiskFaultTests.Fault
    ) throws {
        let host = try host(program)
        let disk = try FaultyDisk(host)
        let (state, old) = (host.folder.path("state"), host.folder.path("old.db"))
        let dump = MartletProgram.sources + "/Tests/Golden/state-1.sql"
        _ = try host.python("import sqlite3, sys; sqlite3.connect('old.db').executescript(open(sys.argv[1]).read())", dump)
        for number in stride(from: 1, to: 500, by: program.isEmbedded ? 1 : 7) {
            try #require(number < 450, "does it never succeed?")
            try? FileManager.default.removeItem(atPath: state)
            try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
            try FileManager.default.copyItem(atPath: old, toPath: state + "/martlet.db")
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            let hasFailed = try run(host, disk)
            try host.start("probe")
            let twin = try ask(host, "GET", "/twins/Hannover01/modules/sender")
            #expect(twin["tags"]["floor"].int == 2)
            #expect(twin["properties"]["desired"]["operator"].string == "was here")
            #expect(twin["properties"]["desired"]["$version"].int == 3)
            #expect(twin["properties"]["reported"]["😀"].bool == true)
            let identity = try ask(host, "GET", "/devices/Hannover01/modules/sender")
            #expect(identity["generationId"].string == "563830115725588683")
            try host.end(SIGKILL)
            if !hasFailed { break }
        }
    }
}
