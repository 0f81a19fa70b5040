import Foundation
import TestSupport
import Testing

/// The manifest changes while the host runs.
struct LiveManifestTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.executable("shell", "shell.sh")
        manifest.desired["probe"] = ["limit": 5, "nested": ["a": 1, "b": 2]]
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.start("probe", "shell")
        return host
    }

    @Test(arguments: MartletProgram.all) func `only what a change affects restarts`(_ program: MartletProgram) throws {
        let host = try host(program)
        let (probe, shell) = (try host.module("probe"), try host.module("shell"))
        host.manifest.library("second", "libprobe.so")
        try host.writeManifest()
        try host.log(holding: "agent: second running")
        #expect(try host.module("shell")["pid"].int == shell["pid"].int)
        #expect(try host.module("probe")["lastStartTimeUtc"].string == probe["lastStartTimeUtc"].string)

        var end = host.logEnd
        host.manifest.modules["shell"]?["env"] = ["COLOR": ["value": "red"]]
        try host.writeManifest()
        try host.log(from: end, holding: "agent: shell running")
        #expect(try host.module("shell")["pid"].int != shell["pid"].int)
        #expect(try host.module("probe")["lastStartTimeUtc"].string == probe["lastStartTimeUtc"].string)

        host.manifest.modules["second"] = nil
        try host.writeManifest()
        try host.log(from: end, holding: "agent: second removed")
        #expect(try host.json("list", "--json").array.count == 2)
        #expect(try host.module("probe")["lastStartTimeUtc"].string == probe["lastStartTimeUtc"].string)

        end = host.logEnd
        host.manifest.modules["shell"]?["status"] = "stopped"
        try host.writeManifest()
        try host.log(from: end, holding: "agent: shell stopped")
        #expect(try host.module("shell")["status"].string == "stopped")
    }

    @Test(arguments: MartletProgram.all) func `an invalid manifest changes nothing and is reported`(_ program: MartletProgram) throws {
        let host = try host(program)
        let before = try host.martlet("twin", "probe").output
        let pid = try host.module("shell")["pid"].int
        try host.folder.write("{ \"device\": { \"id\": \"Hannover01\" },\n  oops }", to: "device.json")
        let line = try host.log { $0.contains("device.json:2:") }
        #expect(line.text.hasPrefix("<3> "))
        host.manifest.modules["shell"]?["type"] = "docker"
        host.manifest.desired["probe"] = ["limit": 6]
        try host.writeManifest()
        try host.log(from: line.next) { $0.contains("container") && $0.contains("shell") }
        #expect(try host.module("shell")["pid"].int == pid)
        #expect(try host.martlet("twin", "probe").output == before)
        // Right again, it counts again.
        host.manifest.modules["shell"]?["type"] = "executable"
        try host.writeManifest()
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line { $0.hasPrefix("desired ") && $0.contains("\"limit\":6") }
        #expect(try host.module("shell")["pid"].int == pid)
    }

    @Test(arguments: MartletProgram.all) func `desired properties arrive as a patch, removed keys as null`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        let log = try host.follow("logs", "probe", "-f")
        host.manifest.desired["probe"] = ["limit": 7, "nested": ["a": 1]]
        try host.writeManifest()
        let line = try log.output.line { $0.hasPrefix("desired ") }
        let patch = try JSONValue(parsing: String(line.text.dropFirst("desired ".count)))
        #expect(patch["limit"].int == 7)
        #expect(patch["nested"]["b"].isNull)
        #expect(!patch["nested"].keys.contains("a"))
        let desired = try host.json("twin", "probe")["properties"]["desired"]
        #expect(!desired["nested"].keys.contains("b"))
        #expect(patch["$version"].int == desired["$version"].int)
    }

    @Test(arguments: MartletProgram.all) func `an operator's patch survives an unrelated edit and a restart`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        _ = try host.json("twin", "probe", "--desired", #"{"limit":99,"extra":true}"#)
        host.manifest.desired["probe"]?["other"] = 1
        try host.writeManifest()
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line { $0.hasPrefix("desired ") && $0.contains("\"other\":1") }
        #expect(try host.json("twin", "probe")["properties"]["desired"]["limit"].int == 99)
        try host.end()
        try host.start("probe")
        let desired = try host.json("twin", "probe")["properties"]["desired"]
        #expect(desired["limit"].int == 99)
        #expect(desired["extra"].bool == true)
        #expect(desired["other"].int == 1)
        // Edited while the host was down: what the manifest changes wins, and only that.
        try host.end()
        host.manifest.desired["probe"] = ["limit": 5, "nested": ["a": 3, "b": 2]]
        try host.writeManifest()
        try host.start("probe")
        let later = try host.json("twin", "probe")["properties"]["desired"]
        #expect(later["limit"].int == 99)
        #expect(later["nested"]["a"].int == 3)
        #expect(!later.keys.contains("other"))
    }

    @Test(arguments: MartletProgram.all) func `a section that is removed arrives as nulls, and what an operator added stays`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        _ = try host.json("twin", "probe", "--desired", #"{"extra":1,"nested":{"a":7,"own":2}}"#)
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line { $0.hasPrefix("desired ") && $0.contains("\"extra\":1") }
        let from = log.output.lines.count
        host.manifest.desired["probe"] = nil
        try host.writeManifest()
        let line = try log.output.line(from: from) { $0.hasPrefix("desired ") }.text
        let patch = try JSONValue(parsing: String(line.dropFirst("desired ".count)))
        #expect(patch.keys == ["limit", "nested", "$version"] && patch["limit"].isNull && patch["nested"]["a"].isNull)
        #expect(!patch["nested"].keys.contains("own"))
        let left = try host.json("twin", "probe")["properties"]["desired"]
        #expect(left.keys == ["extra", "nested", "$metadata", "$version"] && left["nested"].keys == ["own"])
        // It comes back as it was first: nothing of it is left.
        host.manifest.desired["probe"] = ["limit": 5]
        try host.writeManifest()
        try log.output.line { $0.hasPrefix("desired ") && $0.contains("\"limit\":5") }
        // The same while the host is down.
        try host.end()
        host.manifest.desired["probe"] = nil
        try host.writeManifest()
        try host.start("probe")
        #expect(try host.json("twin", "probe")["properties"]["desired"].keys == ["extra", "nested", "$metadata", "$version"])
    }

    @Test(arguments: MartletProgram.all) func `a manifest that is loaded again changes only what it says differently`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let version = { try host.json("twin", "probe")["properties"]["desired"]["$version"].int ?? 0 }
        let first = try version()
        _ = try host.json("twin", "probe", "--desired", #"{"limit":99,"nested":{"b":null,"c":3}}"#)
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line { $0.hasPrefix("desired ") && $0.contains("99") }
        let from = log.output.lines.count
        host.manifest.desired["probe"] = ["limit": 5, "nested": ["a": 2, "b": 2]]
        try host.writeManifest()
        let line = try log.output.line(from: from) { $0.hasPrefix("desired ") }.text
        #expect(try JSONValue(parsing: String(line.dropFirst("desired ".count))).text == #"{"$version":\#(first + 2),"nested":{"a":2}}"#)
        let desired = try host.json("twin", "probe")["properties"]["desired"]
        #expect(desired["limit"].int == 99)
        #expect(desired["nested"].text == #"{"a":2,"c":3}"#)
        // A restart with the same manifest changes nothing at all.
        let etag = try host.json("twin", "probe")["etag"].string
        for _ in 0..<2 {
            try host.end()
            try host.start("probe")
        }
        #expect(try host.json("twin", "probe")["etag"].string == etag)
        #expect(try version() == first + 2)
    }

    @Test(arguments: MartletProgram.all) func `routes change while modules run`(_ program: MartletProgram) throws {
        let host = try host(program)
        let log = try host.follow("logs", "shell", "-f")
        host.manifest.route("new", from: "probe", into: "shell/inputs/news")
        try host.writeManifest()
        try host.log(holding: "the manifest changed")
        var n = 0
        // The route counts a moment after the log line.
        while !log.output.lines.contains(where: { $0.contains("\"input\":\"news\"") }) {
            n += 1
            _ = try host.invoke("probe", "send", "\(n)")
        }
        host.manifest.routes["new"] = "FROM /messages/* WHERE x = 1 INTO $upstream"
        let end = host.logEnd
        try host.writeManifest()
        try host.log(from: end, holding: "as_number(x) = 1")
        #expect(try host.upstreamLength() == 0)
    }

    @Test(arguments: MartletProgram.all) func `a manifest that is replaced by a rename counts as changed`(_ program: MartletProgram) throws
    {
        let host = try host(program)
        host.manifest.library("second", "libprobe.so")
        let new = try host.folder.write(try host.manifest.text, to: ".device.json.swp")
        #expect(rename(new, host.manifestPath) == 0)
        try host.log(holding: "agent: second running")
    }
}
