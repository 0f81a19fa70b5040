import Foundation
import TestSupport
import Testing

/// Children of the host: their environment, and that none is left behind.
struct ProcessTests {
    /// A host with one module that has grandchildren.
    private func family(_ program: MartletProgram, then: String = "while read -r line; do :; done; sleep 600") throws -> (
        host: Host, child: Int, grandchildren: [Int]
    ) {
        var manifest = Manifest()
        manifest.executable("parent", "parent.sh")
        let host = try Host(program, manifest)
        try host.install(script: Scripts.withGrandchildren(then: then), as: "parent.sh")
        try host.start("parent")
        let log = try host.follow("logs", "parent", "-f")
        let line = try log.output.line { $0.hasPrefix("grandchildren ") }.text
        let grandchildren = line.split(separator: " ").compactMap { Int($0) }
        #expect(grandchildren.count == 2)
        #expect(grandchildren.allSatisfy { OtherProcess.isRunning($0) })
        return (host, try #require(try host.module("parent")["pid"].int), grandchildren)
    }

    @Test(arguments: MartletProgram.all) func `no grandchild survives a stop`(_ program: MartletProgram) throws {
        let (host, child, grandchildren) = try family(program, then: "while read -r line; do case $line in *stop*) exit 0 ;; esac; done")
        #expect(try host.martlet("stop", "parent").code == 0)
        for pid in grandchildren + [child] { try OtherProcess.waitForEnd(pid) }
    }

    @Test(arguments: MartletProgram.all) func `no grandchild survives a crash`(_ program: MartletProgram) throws {
        let (host, child, grandchildren) = try family(program)
        let end = host.logEnd
        kill(pid_t(child), SIGSEGV)
        try host.log(from: end, holding: "parent ended: ended by signal 11")
        for pid in grandchildren { try OtherProcess.waitForEnd(pid) }
        try host.log(from: end, holding: "agent: parent running")
    }

    @Test(arguments: MartletProgram.all) func `no grandchild survives the host's end`(_ program: MartletProgram) throws {
        let (host, child, grandchildren) = try family(program)
        #expect(try host.end() == .exit(0))
        for pid in grandchildren + [child] { try OtherProcess.waitForEnd(pid) }
    }

    @Test(arguments: MartletProgram.all) func `kill -9 of the host ends its children, and the next start ends theirs`(
        _ program: MartletProgram
    ) throws {
        let (host, child, grandchildren) = try family(program)
        host.manifest.functions("plain", "libplain.so", PlainSource.functions)
        try host.install(try Images.plain)
        try host.writeManifest()
        try host.log(holding: "agent: plain running")
        let functions = try #require(try host.module("plain")["pid"].int)
        try host.end(SIGKILL)
        try OtherProcess.waitForEnd(child)
        try OtherProcess.waitForEnd(functions)
        try host.launch()
        try host.log { $0.contains("left behind: ") && !$0.hasSuffix(": 0") }
        for pid in grandchildren { try OtherProcess.waitForEnd(pid) }
        try host.log(holding: "agent: parent running")
    }

    @Test(arguments: MartletProgram.all) func `an executable gets the environment of the contract and nothing else`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.device["hubHostName"] = "contoso.azure-devices.net"
        manifest.device["gatewayHostName"] = "gate"
        manifest.executable(
            "env", "env.sh",
            [
                "env": ["COLOR": ["value": "red and blue"], "IOTEDGE_AUTHSCHEME": ["value": "own"]],
                "settings": ["args": ["--one", "two words"]],
            ])
        let host = try Host(program, manifest)
        let script =
            """
            #!/bin/sh
            for a; do echo "arg=$a" >&2; done
            env >&2
            echo "name=$0" >&2
            echo '{"method":"ready"}'
            while read -r line; do case $line in *stop*) exit 0 ;; esac; done

            """
        try host.install(script: script, as: "env.sh")
        try host.start("env")
        let log = try host.follow("logs", "env", "-f")
        try log.output.line(holding: "name=")
        let lines = log.output.lines
        let generation = try #require(try host.http("GET", "/identities/env").body["generationId"].string)
        let expected = [
            "IOTEDGE_DEVICEID=Hannover01", "IOTEDGE_MODULEID=env", "IOTEDGE_MODULEGENERATIONID=\(generation)",
            "IOTEDGE_IOTHUBHOSTNAME=contoso.azure-devices.net", "IOTEDGE_GATEWAYHOSTNAME=gate",
            "IOTEDGE_WORKLOADURI=unix://\(host.folder.path("run"))/workload/env.sock", "IOTEDGE_AUTHSCHEME=own", "COLOR=red and blue",
            "arg=--one", "arg=two words",
        ]
        for line in expected { #expect(lines.contains(line), "\(line)") }
        let names = Set(
            lines.filter { $0.contains("=") && !$0.hasPrefix("arg=") }.compactMap { $0.split(separator: "=").first.map(String.init) })
        #expect(names.contains("IOTEDGE_APIVERSION"))
        #expect(!names.contains("EdgeHubConnectionString"))
        // PWD, OLDPWD, SHLVL and _ are the shell's own, and name= is the script's.
        let allowed: Set = ["PATH", "HOME", "LANG", "TZ", "COLOR", "MARTLET_INSTANCE", "PWD", "OLDPWD", "SHLVL", "_", "name"]
        let foreign = names.filter { !$0.hasPrefix("IOTEDGE_") && !allowed.contains($0) }
        #expect(foreign.isEmpty, "\(foreign)")
    }

    @Test(arguments: MartletProgram.all) func `a child has no descriptor of the host's`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.executable("files", "files.sh", ["settings": ["protocol": "none"]])
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: "#!/bin/sh\nls -l /proc/self/fd >&2\necho over >&2\nexec sleep 600\n", as: "files.sh")
        try host.start("files")
        let log = try host.follow("logs", "files", "-f")
        try log.output.line(holding: "over")
        let numbers = log.output.lines.compactMap { line -> Int? in
            guard let arrow = line.range(of: " -> ") else { return nil }
            return line[..<arrow.lowerBound].split(separator: " ").last.flatMap { Int($0) }
        }
        // 3 is the folder that ls itself reads; 10 is where the shell keeps its script open.
        #expect(Set(numbers).subtracting([0, 1, 2, 3, 10]).isEmpty, "\(log.output.lines)")
    }

    @Test(arguments: MartletProgram.all) func `the program of a module may be one that is not built for the host`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        manifest.executable("python", "module.py")
        manifest.route("in", from: "python", into: "python/inputs/self")
        let host = try Host(program, manifest)
        let script = """
            #!/usr/bin/env python3
            import json, sys
            for line in sys.stdin:
                message = json.loads(line)
                if message.get("method") == "start":
                    patch = {"identity": message["params"]["identity"]}
                    print(json.dumps({"jsonrpc": "2.0", "method": "report", "id": "r1", "params": {"patch": patch}}), flush=True)
                elif message.get("method") == "invoke":
                    print(json.dumps({"id": message["id"], "result": {"status": 201, "payload": message["params"]}}), flush=True)
                elif message.get("method") == "stop":
                    break
            """
        try host.install(script: script, as: "module.py")
        try host.start("python")
        let answer = try host.json("invoke", "python", "greet", #"{"name":"Möwe"}"#)
        #expect(answer["status"].int == 201)
        #expect(answer["payload"]["name"].string == "greet")
        #expect(answer["payload"]["payload"]["name"].string == "Möwe")
        try host.waitUntil {
            try host.json("twin", "python")["properties"]["reported"]["identity"].string == "/devices/Hannover01/modules/python"
        }
    }
}
