import Foundation
import TestSupport
import Testing

/// A database that cannot be used: the host says so and touches nothing, until it is told to begin anew.
struct ResetStateTests {
    /// How a database is spoilt, by name.
    static let faults = ["corrupt", "truncated", "foreign", "later", "garbage"]

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5]
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        return host
    }

    private func database(_ host: Host, _ suffix: String = "") -> Data? {
        FileManager.default.contents(atPath: host.folder.path("state/martlet.db\(suffix)"))
    }

    private func spoil(_ host: Host, _ fault: String) throws {
        let script = """
            import os, sqlite3, sys
            path, fault = "state/martlet.db", sys.argv[1]
            if fault == "corrupt":
                size = os.path.getsize(path)
                with open(path, "r+b") as f:
                    f.seek(100); f.write(os.urandom(size - 100))
            elif fault == "truncated":
                os.truncate(path, os.path.getsize(path) // 2 + 100)
            elif fault == "garbage":
                open(path, "wb").write(os.urandom(20000))
            elif fault == "foreign":
                os.remove(path)
                db = sqlite3.connect(path); db.execute("CREATE TABLE mine (x)"); db.execute("PRAGMA application_id = 7"); db.commit(); db.close()
            elif fault == "later":
                db = sqlite3.connect(path); db.execute("PRAGMA user_version = 99"); db.commit(); db.close()
            for rest in ["-wal", "-shm"]:
                if os.path.exists(path + rest): os.remove(path + rest)
            """
        _ = try host.python(script, fault)
    }

    @Test(arguments: MartletProgram.all, faults) func `a database that cannot be used stays as it is until the host is told to reset`(
        _ program: MartletProgram, _ fault: String
    ) throws {
        let host = try host(program)
        _ = try host.json("twin", "probe", "--desired", #"{"limit":99}"#)
        let generation = try host.http("GET", "/devices/Hannover01/modules/probe").body["generationId"].string
        try host.end()
        try spoil(host, fault)
        let spoilt = try #require(database(host))
        // Nobody begins anew by himself, however often a service manager starts it again.
        for _ in 0..<2 {
            let run = try runProgram(program.command + ["run", host.manifestPath])
            #expect(run.code == 1)
            for part in ["<3> ", host.folder.path("state/martlet.db"), "--reset-state"] {
                #expect(run.errors.contains(part), "\(part): \(run.errors)")
            }
            #expect(database(host) == spoilt)
        }
        try host.launch("--reset-state")
        try host.log(holding: "agent: probe running")
        let line = try host.log { $0.contains("martlet.db.aside-1") }.text
        #expect(line.contains(host.folder.path("state/martlet.db.aside-1")))
        #expect(database(host, ".aside-1") == spoilt)
        let twin = try host.json("twin", "probe")
        #expect(twin["properties"]["desired"]["limit"].int == 5)
        #expect(try host.http("GET", "/devices/Hannover01/modules/probe").body["generationId"].string != generation)
        #expect(try host.end() == .exit(0))
        try host.start("probe")
        #expect(try host.json("twin", "probe")["etag"].string == twin["etag"].string)
    }

    @Test(arguments: MartletProgram.all) func `each reset keeps what it found`(_ program: MartletProgram) throws {
        let host = try host(program)
        var found: [Data] = []
        for n in 1...2 {
            _ = try host.json("twin", "probe", "--desired", #"{"n":\#(n)}"#)
            try host.end()
            found.append(try #require(database(host)))
            try host.launch("--reset-state")
            try host.log(holding: "agent: probe running")
            #expect(!(try host.json("twin", "probe")["properties"]["desired"].keys.contains("n")))
        }
        #expect(found == [database(host, ".aside-1"), database(host, ".aside-2")])
        try host.end()
        // It comes to an end, which is said with the remedy, and is no loss.
        for n in 3...16 { try host.folder.write("\(n)", to: "state/martlet.db.aside-\(n)") }
        let before = try #require(database(host))
        let refused = try runProgram(program.command + ["run", host.manifestPath, "--reset-state"])
        #expect(refused.code == 1)
        #expect(refused.errors.contains("martlet.db.aside-"), "\(refused.errors)")
        #expect(database(host) == before)
        try host.start("probe")
    }

    @Test(arguments: MartletProgram.all) func `where there is no state there is nothing to set aside`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.end()
        try FileManager.default.removeItem(atPath: host.folder.path("state"))
        try host.launch("--reset-state")
        try host.log(holding: "agent: probe running")
        #expect(!host.logLines.contains { $0.contains("aside") })
    }

    @Test(arguments: MartletProgram.all) func `a host that starts itself again does not reset once more`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("trap", "libtrap.so")
        manifest.host = ["restart": ["coolOffSeconds": 0], "watchdog": ["warnAfterMs": 100, "restartAfterSeconds": 1]]
        let host = try Host(program, manifest)
        try host.install(library: TrapSource.text(host.folder.path), as: "libtrap.so")
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap")
        try host.end()
        // Shortened, as getopt allows.
        try host.launch("--reset", "--state", host.folder.path("state"))
        try host.log(holding: "agent: trap running")
        _ = try host.json("twin", "trap", "--desired", #"{"kept":true}"#)
        try host.folder.write("receive hang\n", to: "where")
        let from = host.logEnd
        #expect(try host.martlet("send", "trap/in", "1").code == 0)
        try host.log(from: from, holding: "starts device")
        try host.log(from: from, holding: "agent: trap running")
        #expect(try host.json("twin", "trap")["properties"]["desired"]["kept"].bool == true)
        #expect(database(host, ".aside-1") != nil && database(host, ".aside-2") == nil)
    }
}
