import Foundation
import TestSupport
import Testing

/// The 1st, 2nd, 3rd … write, fsync, open and rename below the state folder fails, until what was asked for comes to its end without.
/// Of the ordinary build, whose code is the same, every seventh.
struct DiskFaultTests {
    /// One call that fails, or the disk is full from there on.
    struct Fault: CustomTestStringConvertible {
        let call: FaultyDisk.Call
        let error: Int32
        let isLasting: Bool
        var testDescription: String { "\(call), \(String(cString: strerror(error)))" }

        static let all = FaultyDisk.Call.allCases.flatMap {
            [Fault(call: $0, error: EIO, isLasting: false), Fault(call: $0, error: ENOSPC, isLasting: true)]
        }
    }

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5]
        return try Host(program, manifest, images: [try Images.probe])
    }

    @Test(arguments: MartletProgram.all, Fault.all)
    func `a first start that fails anywhere says what failed, and the next one is a first start or goes on`(
        _ program: MartletProgram, _ fault: Fault
    ) throws {
        let host = try host(program)
        let disk = try FaultyDisk(host)
        for number in stride(from: 1, to: 500, by: program.isEmbedded ? 1 : 7) {
            try #require(number < 450, "does it never succeed?")
            for folder in ["state", "run"] { try? FileManager.default.removeItem(atPath: host.folder.path(folder)) }
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            try host.launch()
            // It ends, or it says what became of its module.
            let told = try? host.log { $0.contains("agent: probe ") }
            if !disk.hasFailed {
                #expect(told?.text.contains("probe running") == true, "\(host.logLines)")
                #expect(number > (fault.call == .rename ? 1 : 5), "it did fail before")
                disk.disarm()
                try host.end()
                break
            }
            if told == nil {
                #expect(try host.waitForEnd() == .exit(1))
                try host.log { $0.hasPrefix("<3> ") && $0.contains(host.folder.path("state")) }
            } else if told?.text.contains("probe running") == false {
                #expect(told?.text.contains(String(cString: strerror(fault.error))) == true, "\(host.logLines)")
            }
            disk.disarm()
            try host.end(SIGKILL)
            try host.start("probe")
            #expect(try host.json("twin", "probe")["properties"]["desired"]["limit"].int == 5, "\(fault.testDescription) \(number)")
            try host.end(SIGKILL)
        }
    }

    @Test(arguments: MartletProgram.all, Fault.all)
    func `a patch that fails anywhere is there as a whole or not at all, and is there where it was acknowledged`(
        _ program: MartletProgram, _ fault: Fault
    ) throws {
        let host = try host(program)
        let disk = try FaultyDisk(host)
        let path = "/twins/Hannover01/modules/probe"
        func client() throws -> ManagementClient { try #require(ManagementClient(host.folder.path("run/management.sock"))) }
        func patch(_ client: ManagementClient, _ value: Int) throws -> ManagementClient.Answer {
            try #require(client.ask("PATCH", path, #"{"tags":{"n":\#(value)},"properties":{"desired":{"n":\#(value)}}}"#))
        }
        func values(_ client: ManagementClient) throws -> (tag: Int, desired: Int, version: Int) {
            let twin = try #require(client.ask("GET", path)).json
            let desired = twin["properties"]["desired"]
            return (twin["tags"]["n"].int ?? 0, desired["n"].int ?? 0, desired["$version"].int ?? 0)
        }
        var (value, before) = (0, 0)
        for number in stride(from: 1, to: 500, by: program.isEmbedded ? 1 : 7) {
            try #require(number < 450, "does it never succeed?")
            try host.start("probe")
            var connection = try client()
            let version = try values(connection).version
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            value += 1
            let answer = try patch(connection, value)
            guard disk.disarm() else {
                #expect(answer.status == 200)
                #expect(number > 1 || fault.call == .open || fault.call == .rename, "a patch opens and renames nothing, but writes")
                break
            }
            var acknowledged = answer.status == 200
            if !acknowledged {
                #expect(answer.status >= 500 && answer.json["Message"].string?.contains("martlet.db") == true, "\(answer)")
                #expect(try values(connection) == (before, before, version))
                try host.log { $0.hasPrefix("<3> ") && $0.contains(host.folder.path("state")) }
            }
            if number.isMultiple(of: 2) {  // It goes on.
                value += 1
                acknowledged = try patch(connection, value).status == 200
                #expect(acknowledged, "\(fault.testDescription) \(number)")
            }
            try host.end(SIGKILL)
            try host.start("probe")
            connection = try client()
            let after = try values(connection)
            #expect(after.tag == after.desired)
            #expect(after.desired == value || after.desired == before && !acknowledged, "\(after), sent \(value), before \(before)")
            #expect(after.version >= version)
            before = after.desired
            try host.end(SIGKILL)
        }
    }

    @Test(arguments: MartletProgram.all, Fault.all.filter { $0.call == .write || $0.call == .sync })
    func `while many patches fail, in the midst of a checkpoint too, nothing that was acknowledged is lost`(
        _ program: MartletProgram, _ fault: Fault
    ) throws {
        let host = try host(program)
        let disk = try FaultyDisk(host)
        let writer = TwinWriter("/twins/Hannover01", key: "n")
        var rounds = 0
        // A patch of this size is 20 writes and one fsync.
        for number in fault.call == .write ? stride(from: 1, to: 3000, by: 280) : stride(from: 1, to: 150, by: 14) {
            try host.start("probe")
            let client = try #require(ManagementClient(host.folder.path("run/management.sock")))
            writer.compare(try #require(client.ask("GET", "/twins/Hannover01")).json)
            disk.fail(fault.call, number, fault.error, lasting: fault.isLasting)
            // 30 KB each: the log is written back to the database every 4 MB.
            for _ in 0..<150 where !disk.hasFailed { writer.write(client, filling: 30_000) }
            if disk.disarm() { rounds += 1 }
            writer.compare(try #require(client.ask("GET", "/twins/Hannover01")).json)
            writer.write(client, filling: 1000)
            #expect(writer.acknowledged == writer.sent, "it goes on")
            try host.end(SIGKILL)
        }
        #expect(rounds == 11)
    }
}
