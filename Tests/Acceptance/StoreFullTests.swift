import Foundation
import TestSupport
import Testing

/// A state folder without room.
struct StoreFullTests {
    /// With a state folder on a small disk.
    private func host(_ program: MartletProgram) throws -> (Host, SmallDisk) {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        return (host, try SmallDisk(host.folder.path("state"), megabytes: 2))
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `with a full store what runs goes on, and the new image is taken when there is room`(
        _ program: MartletProgram
    ) throws {
        let (host, disk) = try host(program)
        defer { disk.unmount() }
        try host.start("probe")
        defer { _ = try? host.end() }
        let ballast = disk.path + "/ballast"
        disk.fill(ballast)
        let end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        let told = try host.log(from: end) { $0.contains("its new image is not taken") }
        #expect(told.text.contains("No space left on device; make room where the state folder is"), "\(told.text)")
        #expect(try host.invoke("probe", "build").int == 1)
        #expect(try host.module("probe")["description"].string?.contains("No space left") == true)
        // A crash now finds what it ran before.
        #expect(try host.martlet("restart", "probe").code == 0)
        #expect(try host.invoke("probe", "build").int == 1)
        try FileManager.default.removeItem(atPath: ballast)
        try host.log(from: end) { $0.contains("its image changed") }
        try host.waitUntil { try host.invoke("probe", "build").int == 2 }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: disk.path).allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `a host that starts with a full store runs what it has, and takes the new image later`(
        _ program: MartletProgram
    ) throws {
        let (host, disk) = try host(program)
        defer { disk.unmount() }
        try host.start("probe")
        try host.end()
        let ballast = disk.path + "/ballast"
        disk.fill(ballast)
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.start("probe")
        defer { _ = try? host.end() }
        #expect(try host.invoke("probe", "build").int == 1)
        #expect(try host.module("probe")["description"].string?.contains("No space left") == true)
        try FileManager.default.removeItem(atPath: ballast)
        try host.waitUntil { try host.invoke("probe", "build").int == 2 }
    }

    @Test(.enabled(if: SmallDisk.isPossible, SmallDisk.need), arguments: MartletProgram.all)
    func `twins on a full disk: refused clearly, nothing acknowledged is lost, and changed again when there is room`(
        _ program: MartletProgram
    ) throws {
        let (host, disk) = try host(program)
        defer { disk.unmount() }
        let ballast = disk.path + "/ballast"
        let (device, probe) = ("/twins/Hannover01", "/twins/Hannover01/modules/probe")
        let writers = [TwinWriter(device, key: "n"), TwinWriter(probe, key: "n")]
        func connection() throws -> ManagementClient { try #require(ManagementClient(host.folder.path("run/management.sock"))) }
        func compare(_ client: ManagementClient) throws {
            for (writer, path) in zip(writers, [device, probe]) { writer.compare(try #require(client.ask("GET", path)).json) }
        }
        try host.start("probe")
        var client = try connection()
        for writer in writers { writer.write(client) }
        disk.fill(ballast)
        // The log of the database has room of its own for a while.
        for writer in writers {
            for _ in 0..<100 where writer.sent == writer.acknowledged { writer.write(client, filling: 30_000) }
            #expect(writer.sent > writer.acknowledged, "100 patches of 30 KB were stored on a disk of 2 MB")
        }
        let refused = try #require(client.ask("PATCH", device, #"{"properties":{"desired":{"lost":true}},"tags":{"lost":true}}"#))
        #expect(refused.status >= 500)
        #expect(refused.json["Message"].string?.contains("full") == true, "\(refused.json.text)")
        let line = try host.log { $0.hasPrefix("<3> ") && $0.contains("hub: ") }
        #expect(line.text.contains(disk.path) && line.text.contains("full"), "\(line.text)")
        #expect(try host.json("invoke", "probe", "report", #"{"lost":true}"#)["status"].int == 500)
        #expect(try #require(client.ask("PUT", "/devices/Hannover01/modules/lost", #"{"moduleId":"lost"}"#)).status >= 500)
        #expect(try #require(client.ask("GET", "/devices/Hannover01/modules/lost")).status == 404)
        #expect(try host.invoke("probe", "count").int == 1)
        try compare(client)

        // Killed and started on the full disk, it has what it acknowledged.
        try host.end(SIGKILL)
        try host.start("probe")
        client = try connection()
        try compare(client)
        try FileManager.default.removeItem(atPath: ballast)
        for writer in writers { #expect(writer.write(client, filling: 1000) == true) }
        #expect(try #require(client.ask("PUT", "/devices/Hannover01/modules/kept", #"{"moduleId":"kept"}"#)).status == 201)
        #expect(try host.invoke("probe", "report", #"{"after":true}"#)["result"].int == 0)
        try host.end(SIGKILL)
        try host.start("probe")
        client = try connection()
        try compare(client)
        #expect(try #require(client.ask("GET", "/devices/Hannover01/modules/kept")).status == 200)
        let twin = try host.json("twin", "probe")
        #expect(twin["properties"]["reported"]["after"].bool == true && !twin["properties"]["reported"].keys.contains("lost"))
        #expect(!(try host.json("twin")["tags"].keys.contains("lost")))
        try host.end()
    }
}
