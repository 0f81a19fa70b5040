import Foundation
import TestSupport
import Testing

/// JSON that somebody made to harm, by every way into a twin: each is refused with place and reason, and the host goes on.
struct HostileJSONTests {
    private static let all = HostileJSON.small + HostileJSON.large

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.desired["probe"] = ["limit": 5]
        return try Host(program, manifest, images: [try Images.probe])
    }

    /// The most memory that the host ever had, in KB.
    private func peak(_ host: Host) throws -> Int {
        let pid = try #require(host.process?.pid)
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    }

    @Test(arguments: MartletProgram.all) func `as the body of a PATCH`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        let (socket, path) = (host.folder.path("run/management.sock"), "/twins/Hannover01/modules/probe")
        let before = try #require(ManagementClient(socket)?.ask("GET", path)).json.text
        let peakBefore = try peak(host)
        var client = try #require(ManagementClient(socket))
        for section in ["desired", "tags"] {
            for hostile in Self.all {
                let (start, end) = section == "tags" ? (#"{"tags":"#, "}") : (#"{"properties":{"desired":"#, "}}")
                let answer = client.ask("PATCH", path, body: Array(start.utf8) + hostile.bytes + Array(end.utf8))
                #expect([400, 413].contains(answer?.status), "\(section): \(hostile.testDescription): \(answer?.json.text ?? "no answer")")
                let message = answer?.json["Message"].string ?? answer?.json["message"].string
                // The tags may have 8 KB.
                let isNamed = hostile.isNamed(in: message) || section == "tags" && message?.contains("8192") == true
                #expect(isNamed, "\(section): \(hostile.testDescription): \(message ?? "no reason")")
                #expect((message?.utf8.count ?? 0) < 500, "\(hostile.testDescription)")
                // It is answered on the same connection or, where it was too long to be read, on another.
                if client.ask("GET", path)?.status != 200 {
                    #expect(answer?.status == 413)
                    client = try #require(ManagementClient(socket))
                }
            }
        }
        #expect(try #require(client.ask("GET", path)).json.text == before)
        // A body of 1 MB, the largest that is read, would take a hundred times that.
        let taken = try peak(host) - peakBefore
        #expect(taken < 50_000, "\(taken) KB")
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `as what a module reports over its pipe`(_ program: MartletProgram) throws {
        let host = try host(program)
        host.manifest.executable("module", "module.py", ["restartPolicy": "never"])
        try host.writeManifest()
        var lines: [UInt8] = []
        for (number, hostile) in Self.all.enumerated() {
            lines += Array(#"{"id":\#(number),"method":"report","params":{"patch":"#.utf8) + hostile.bytes + Array("}}\n".utf8)
        }
        try Data(lines).write(to: URL(fileURLWithPath: host.folder.path("modules/lines")))
        try host.install(
            script: #"""
                #!/usr/bin/env python3
                import sys
                sys.stdin.readline()
                sys.stdout.buffer.write(b'{"method":"ready"}\n')
                sys.stdout.buffer.flush()
                for line in open("lines", "rb"):
                    sys.stdout.buffer.write(line)
                    sys.stdout.buffer.flush()
                    print("heard " + sys.stdin.readline().strip(), file=sys.stderr, flush=True)
                print("all heard", file=sys.stderr, flush=True)
                sys.stdin.readline()

                """#, as: "module.py")
        try host.start("probe", "module")
        let peakBefore = try peak(host)
        let log = try host.follow("logs", "module", "-f")
        try log.output.line(holding: "all heard")
        let answers = try log.output.lines.filter { $0.hasPrefix("heard ") }.map { try JSONValue(parsing: String($0.dropFirst(6))) }
        #expect(answers.count == Self.all.count)
        for (hostile, answer) in zip(Self.all, answers) {
            let message = answer["error"]["message"].string
            let isNamed = hostile.isNamed(in: message)
            #expect(isNamed, "\(hostile.testDescription): \(answer.text)")
        }
        #expect(try host.json("twin", "module")["properties"]["reported"]["a"].raw == nil)
        let taken = try peak(host) - peakBefore
        #expect(taken < 50_000, "\(taken) KB")
        #expect(try host.module("module")["status"].string == "running")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `as desired properties of a manifest`(_ program: MartletProgram) throws {
        let host = try host(program)
        let text = Array(try host.manifest.text.utf8)
        let good = Array(#""properties.desired" : {"#.utf8) + Array("\n        \"limit\" : 5\n      }".utf8)
        let place = try #require(text.indices.first { text[$0...].starts(with: good) })
        func write(_ hostile: HostileJSON) throws {
            let whole = text[..<place] + Array(#""properties.desired" : "#.utf8) + hostile.bytes + text[(place + good.count)...]
            try Data(whole).write(to: URL(fileURLWithPath: host.folder.path("new.json")))
            guard rename(host.folder.path("new.json"), host.manifestPath) == 0 else { throw Late("rename: errno \(errno)") }
        }
        for hostile in Self.all {
            try write(hostile)
            let check = try runProgram(program.command + ["check", host.manifestPath])
            #expect(check.code == 2, "\(hostile.testDescription): \(check.end)")
            let isNamed = hostile.isNamed(in: check.errors)
            #expect(isNamed, "\(hostile.testDescription): \(check.errors.prefix(1000))")
            #expect(check.errors.contains("device.json"))
        }
        // While a device runs, it goes on as before.
        try host.writeManifest()
        try host.start("probe")
        for hostile in HostileJSON.small.prefix(3) + HostileJSON.large.suffix(1) {
            let end = host.logEnd
            try write(hostile)
            try host.log(from: end, holding: "the changed manifest is not valid; the device goes on as before")
        }
        #expect(try host.json("twin", "probe")["properties"]["desired"]["limit"].int == 5)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `as a patch on the command line`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        let before = try host.json("twin", "probe").text
        for hostile in Self.all {
            let result = try runProgram(
                program.command + ["twin", "probe", "--desired", "-"], input: hostile.bytes,
                environment: ["MARTLET_RUNTIME": host.folder.path("run")])
            #expect([1, 2].contains(result.code), "\(hostile.testDescription): \(result.end)")
            let isNamed = hostile.isNamed(in: result.errors)
            #expect(isNamed, "\(hostile.testDescription): \(result.errors.prefix(1000))")
            #expect(result.errors.utf8.count < 1000)
        }
        #expect(try host.json("twin", "probe").text == before)
        #expect(try host.end() == .exit(0))
    }
}
