import Foundation
import TestSupport
import Testing

/// Every command of the contract's section 2, with its exit codes.
struct CommandTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.functions("plain", "libplain.so", PlainSource.functions, ["settings": ["isolation": "loop"]])
        manifest.library("absent", "libabsent.so")
        manifest.routeUpstream("up", from: "probe")
        return try Host(program, manifest, images: [try Images.probe, try Images.plain])
    }

    @Test(arguments: MartletProgram.all) func `version says version, build and ABI`(_ program: MartletProgram) throws {
        let result = try runProgram(program.command + ["version"])
        #expect(result.code == 0)
        #expect(result.output.contains("0."))
        #expect(result.output.contains("Swift"))
        #expect(result.output.lowercased().contains("abi"))
        #expect(result.errors == "")
    }

    @Test(arguments: MartletProgram.all) func `sdk names the folder of the header and the flags, and they compile a module`(
        _ program: MartletProgram
    ) throws {
        let folder = TemporaryFolder()
        let include = try runProgram(program.command + ["sdk", "--include"]).output.trimmingCharacters(in: .newlines)
        #expect(FileManager.default.fileExists(atPath: include + "/martlet.h"))
        let source = try folder.write(ProbeSource.text, to: "probe.c")
        let line = "cc $(\(program.path) sdk --cflags) -o \(folder.path("libprobe.so")) \(source)"
        #expect(try runProgram(["/bin/sh", "-c", line]).code == 0)
        let package = try runProgram(program.command + ["sdk", "--swift"]).output.trimmingCharacters(in: .newlines)
        #expect(FileManager.default.fileExists(atPath: package + "/Package.swift"))
        let all = try runProgram(program.command + ["sdk"]).output
        for part in [include, package, "cc $(martlet sdk --cflags)", "c++ $(martlet sdk --cflags)", include + "/martlet.rs"] {
            #expect(all.contains(part))
        }
    }

    @Test(arguments: MartletProgram.all) func `every command explains itself`(_ program: MartletProgram) throws {
        for command in [
            "run", "check", "list", "twin", "identity", "invoke", "send", "monitor", "queues", "logs", "restart", "stop", "start", "route",
            "sdk", "version",
        ] {
            let help = try runProgram(program.command + [command, "--help"])
            #expect(help.code == 0)
            #expect(help.output.contains("martlet \(command)"))
            #expect(help.errors == "")
        }
        #expect(try runProgram(program.command + ["--help"]).code == 0)
    }

    @Test(arguments: MartletProgram.all) func `wrong usage ends with 2`(_ program: MartletProgram) throws {
        let lines: [[String]] = [
            [], ["dance"], ["list", "--wrong"], ["list", "extra"], ["twin", "a", "b"], ["invoke", "a"], ["send", "a/b"], ["logs"], ["run"],
            ["check"], ["restart"], ["send", "nameonly", "{}"], ["twin", "probe", "--desired", "{no"],
            ["twin", "probe", "--desired", "[1]"], ["twin", "probe", "--tags", "1"], ["twin", "probe", "--replace"],
            ["twin", "probe", "--if-match", "x"], ["twin", "probe", "--pending", "--tags", "{}"], ["identity", "a", "b"],
            ["identity", "--create"], ["identity", "a", "--token", "0"], ["identity", "a", "--create", "--delete"],
            ["identity", ""], ["identity", "", "--delete"], ["twin", ""], ["invoke", "", "m"],
            ["invoke", "a", "b", "{no"], ["invoke", "a", "b", "--timeout", "soon"], ["monitor", "--count", "0"],
            ["logs", "a", "--tail", "x"],
        ]
        for line in lines {
            let result = try runProgram(program.command + line)
            #expect(result.code == 2, "\(line)")
            #expect(result.errors != "", "\(line)")
            #expect(result.output == "", "\(line)")
        }
    }

    @Test(arguments: MartletProgram.all) func `without a host there every command ends with 3`(_ program: MartletProgram) throws {
        let folder = TemporaryFolder()
        let lines = [
            ["list"], ["twin"], ["twin", "a", "--desired", "{}"], ["invoke", "a", "b"], ["send", "a/b", "{}"], ["monitor"], ["queues"],
            ["logs", "a"], ["restart", "a"], ["stop", "a"], ["start", "a"], ["twin", "--pending"], ["identity"],
            ["identity", "a", "--create"], ["identity", "a", "--delete"], ["identity", "--token", "60"],
            ["identity", "a", "--connection-string"],
        ]
        for line in lines {
            for result in [
                try runProgram(program.command + line + ["--runtime", folder.path]),
                try runProgram(program.command + line, environment: ["MARTLET_RUNTIME": folder.path]),
            ] {
                #expect(result.code == 3, "\(line)")
                #expect(result.errors.contains(folder.path), "\(result.errors)")
            }
        }
    }

    @Test(arguments: MartletProgram.all) func `the host is found through the option, the environment and the current folder`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        try host.start("probe")
        #expect(try runProgram(program.command + ["list", "--runtime", host.folder.path("run")]).code == 0)
        #expect(try runProgram(program.command + ["list"], environment: ["MARTLET_RUNTIME": host.folder.path("run")]).code == 0)
        #expect(try runProgram(program.command + ["list"], folder: host.folder.path).code == 0)
    }

    @Test(arguments: MartletProgram.all) func `list shows a table, and with --json everything`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe", "plain")
        let table = try host.martlet("list").output.split(separator: "\n")
        #expect(table.first?.split(separator: " ") == ["NAME", "STATUS", "DESCRIPTION", "IMAGE"])
        #expect(table.count == 4)
        #expect(table.contains { $0.hasPrefix("probe ") && $0.contains("running") && $0.hasSuffix("libprobe.so") })

        let probe = try host.module("probe")
        #expect(probe["identity"].string == "/devices/Hannover01/modules/probe")
        #expect(probe["type"].string == "library")
        #expect(probe["isolation"].string == "loop")
        #expect(probe["status"].string == "running")
        #expect(probe["image"].string == "libprobe.so")
        #expect(probe["digest"].string?.hasPrefix("sha256:") == true)
        #expect(probe["restartCount"].int == 0)
        #expect(probe["lastStartTimeUtc"].string?.hasSuffix("Z") == true)
        #expect(probe.keys.isSuperset(of: ["pid", "exitCode"]))
        let absent = try host.module("absent")
        #expect(absent["status"].string == "failed")
        #expect(absent["description"].string?.contains("libabsent.so") == true)
    }

    @Test(arguments: MartletProgram.all) func `twin shows and patches, from the command line and from standard input`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        try host.start("probe")
        let first = try host.json("twin", "probe")
        #expect(first["deviceId"].string == "Hannover01")
        #expect(first["moduleId"].string == "probe")
        let patched = try host.json("twin", "probe", "--desired", #"{"a":1,"b":{"c":2}}"#)
        #expect(patched["properties"]["desired"]["b"]["c"].int == 2)
        let removed = try host.json("twin", "probe", "--desired", "-", input: #"{"a":null,"d":"ü"}"#)
        #expect(removed["properties"]["desired"].keys.isSuperset(of: ["b", "d"]))
        #expect(!removed["properties"]["desired"].keys.contains("a"))
        #expect(removed["properties"]["desired"]["$version"].int == patched["properties"]["desired"]["$version"].int.map { $0 + 1 })
        #expect(removed["properties"]["desired"]["d"].string == "ü")
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line("the second patch") { $0.contains("desired") && $0.contains("\"a\":null") }

        let etag = try #require(removed["etag"].string)
        let stale = try host.martlet("twin", "probe", "--desired", #"{"e":1}"#, "--if-match", try #require(first["etag"].string))
        #expect(stale.code == 1)
        #expect(stale.errors != "")
        #expect(try host.json("twin", "probe", "--desired", #"{"e":1}"#, "--if-match", etag)["properties"]["desired"]["e"].int == 1)

        let replaced = try host.json("twin", "probe", "--desired", #"{"f":1}"#, "--tags", #"{"site":"roof"}"#, "--replace")
        #expect(replaced["properties"]["desired"].keys == ["f", "$metadata", "$version"] && replaced["tags"]["site"].string == "roof")
        #expect(try host.json("twin", "probe", "--tags", #"{"site":null,"floor":2}"#)["tags"].text == #"{"floor":2}"#)

        #expect(try host.json("twin", "--desired", #"{"place":"roof"}"#)["properties"]["desired"]["place"].string == "roof")
        #expect(try host.json("twin")["moduleId"].string == nil)
        #expect(try host.martlet("twin", "nobody").code == 1)
        // A key that IoT Hub does not take is invalid input.
        #expect(try host.martlet("twin", "probe", "--desired", #"{"a.b":1}"#).code == 2)
    }

    @Test(arguments: MartletProgram.all) func `invoke prints what the module answered`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe", "plain")
        let echo = try host.martlet("invoke", "probe", "echo", #"{"x":[1,2.5,"ü"]}"#)
        #expect(echo.output == "{\"status\":200,\"payload\":{\"x\":[1,2.5,\"ü\"]}}\n")
        #expect(try host.invoke("probe", "echo", "-1").int == -1)
        #expect(try host.json("invoke", "probe", "echo", "-", input: "[true]")["payload"][0].bool == true)
        #expect(try host.invoke("plain", "add", "[1.5,2]").double == 3.5)
        #expect(try host.invoke("plain", "greet", #"["Möwe"]"#).string == "moin Möwe")
        // The call worked: the status is the module's own.
        let unknown = try host.martlet("invoke", "probe", "nonsense")
        #expect(unknown.code == 0)
        #expect(try JSONValue(parsing: unknown.output)["status"].int == 404)
        #expect(try host.martlet("invoke", "nobody", "echo").code == 1)
        #expect(try host.martlet("invoke", "absent", "echo").code == 1)
        let late = try host.martlet("invoke", "probe", "never", "--timeout", "0.1")
        #expect(late.code == 1)
        #expect(late.errors != "")
    }

    @Test(arguments: MartletProgram.all) func `send delivers to an input, and what the module sends is monitored`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        try host.start("probe")
        let upstream = try host.follow("monitor", "--count", "2")
        let output = try host.follow("monitor", "--output", "probe/out")
        let log = try host.follow("logs", "probe", "-f")
        // A monitor is there once a message comes through: what was sent before is not shown.
        var sent = 0
        while upstream.output.lines.isEmpty || output.output.lines.isEmpty {
            sent += 1
            #expect(try host.martlet("send", "probe/readings", "{\"n\":\(sent)}", "-p", "color=blue").code == 0)
            try log.output.line(holding: "received readings {\"n\":\(sent)}")
        }
        #expect(try host.martlet("send", "probe/readings", "-", input: "plain text").code == 0)
        #expect(try upstream.waitForEnd() == .exit(0))
        #expect(upstream.output.lines.count == 2)
        let message = try JSONValue(parsing: upstream.output.lines[0])
        #expect(message["module"].string == "probe")
        #expect(message["output"].string == "out")
        #expect(message["systemProperties"]["contentType"].string == "application/json")
        #expect(message["body"]["n"].int != nil)
        try output.output.line(holding: "plain text")
        output.signal(SIGINT)
        _ = try output.waitForEnd()

        #expect(try host.martlet("send", "nobody/in", "{}").code == 1)
        #expect(try host.martlet("monitor", "--count", "1", "--timeout", "0.1").code == 1)
        #expect(try host.martlet("monitor", "--timeout", "0.1").code == 0)
    }

    @Test(arguments: MartletProgram.all) func `queues shows what waits, per end point and priority`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        for n in 0..<3 { _ = try host.invoke("probe", "send", "\(n)") }
        let table = try host.martlet("queues").output.split(separator: "\n")
        #expect(table.first?.split(separator: " ").prefix(5) == ["ENDPOINT", "PRIORITY", "PERSISTENCE", "LENGTH", "BYTES"])
        #expect(table.contains { $0.hasPrefix("$upstream ") })
        let upstream = try #require(try host.json("queues", "--json").array.first { $0["endpoint"].string == "$upstream" })
        #expect(upstream["length"].int == 3)
        #expect((upstream["bytes"].int ?? 0) > 0)
        #expect(upstream["oldestAgeMs"].int != nil)
        #expect(!upstream["dropped"].keys.isEmpty)
        #expect(table.contains { $0.split(separator: " ") == ["probe", "3", "0"] })
        let modules = try host.json("queues", "--modules", "--json").array
        #expect(modules.first { $0["module"].string == "probe" }?["received"].int == 3)
    }

    @Test(arguments: MartletProgram.all) func `logs shows a module's own output, and goes on with -f`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line(holding: "started build 1")
        for n in 1...3 { _ = try host.martlet("send", "probe/in", "\(n)") }
        try log.output.line(holding: "received in 3")
        let tail = try host.martlet("logs", "probe", "--tail", "2").output
        #expect(tail == "received in 2\nreceived in 3\n")
        #expect(try host.martlet("logs", "probe").output.hasPrefix("started build 1"))
        #expect(try host.martlet("logs", "nobody").code == 1)
        // With the host, who follows ends.
        try host.end()
        _ = try log.waitForEnd()
    }

    @Test(arguments: MartletProgram.all) func `stop, start and restart do as they say`(_ program: MartletProgram) throws {
        let host = try host(program)
        try host.start("probe")
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.invoke("probe", "count").int == 2)
        #expect(try host.martlet("stop", "probe").code == 0)
        #expect(try host.module("probe")["status"].string == "stopped")
        #expect(try host.martlet("invoke", "probe", "count").code == 1)
        #expect(try host.martlet("start", "probe").code == 0)
        #expect(try host.module("probe")["status"].string == "running")
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.martlet("restart", "probe").code == 0)
        #expect(try host.invoke("probe", "count").int == 1)
        // There is nothing to do, and that is no failure.
        #expect(try host.martlet("start", "probe").code == 0)
        for command in ["stop", "start", "restart"] {
            let result = try host.martlet(command, "nobody")
            #expect(result.code == 1)
            #expect(result.errors.contains("nobody"))
        }
    }
}
