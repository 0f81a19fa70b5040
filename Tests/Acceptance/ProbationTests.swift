import Foundation
import TestSupport
import Testing

/// New images that fail, and the way back.
struct ProbationTests {
    /// A probe that ends its whole process with the first message that it gets.
    private static let crashing = ProbeSource.defining("BUILD", "\"3\"").replacing(
        "char what[128];", with: "char what[128];\n    *(volatile int *)8 = 1;")

    private func host(_ program: MartletProgram, _ settings: Manifest.Object = [:], probation: Int = 30) throws -> Host {
        var manifest = Manifest()
        manifest.host = ["restart": ["coolOffSeconds": 0, "maxRestarts": 3, "probationSeconds": probation]]
        manifest.library("probe", "libprobe.so", ["settings": settings])
        manifest.executable("shell", "shell.sh")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.start("probe", "shell")
        return host
    }

    private func modules(_ host: Host) throws -> JSONValue {
        try JSONValue(parsing: String(contentsOfFile: host.folder.path("state/modules.json"), encoding: .utf8))
    }

    @Test(arguments: MartletProgram.all) func `a new image that does not start is refused, also by the next host, until the file changes`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let good = try #require(try host.module("probe")["digest"].string)
        var end = host.logEnd
        try host.install(library: ProbeSource.defining("REFUSES"), as: "libprobe.so")
        let told = try host.log(from: end) { $0.contains("failed on probation") }
        #expect(told.text.contains("[ERR] agent: probe: its new image sha256:") && told.text.contains("it goes back to \(good)"))
        try host.log(from: end, holding: "agent: probe running")
        func isBack() throws {
            #expect(try host.invoke("probe", "build").int == 1)
            let row = try host.module("probe")
            #expect(row["status"].string == "running" && row["digest"].string == good)
            #expect(row["description"].string?.contains("was refused: the module's create returned NULL") == true, "\(row.text)")
            let refused = row["refusedImage"]
            #expect(refused["digest"].string?.hasPrefix("sha256:") == true && refused["digest"].string != good)
            #expect(refused["reason"].string?.contains("create") == true)
        }
        try isBack()
        #expect(try host.martlet("restart", "probe").code == 0)
        try isBack()
        for signal in [SIGTERM, SIGKILL] {
            try host.end(signal)
            try host.start("probe", "shell")
            try isBack()
        }
        #expect(!host.logLines.contains { $0.contains("failed on probation") }, "it is not tried again")
        end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        #expect(try host.invoke("probe", "build").int == 2)
        #expect(try host.module("probe")["refusedImage"].isNull)
    }

    @Test(arguments: MartletProgram.all) func `a new program that ends in its probation goes back, with the reason`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let good = try #require(try host.module("shell")["digest"].string)
        for (script, reason) in [("echo no network >&2; exit 7", "exit code 7: no network"), ("kill -SEGV $$", "SEGV")] {
            let end = host.logEnd
            try host.install(script: "#!/bin/sh\necho '{\"method\":\"ready\"}'\n" + script + "\n", as: "shell.sh")
            try host.log(from: end, holding: "failed on probation")
            let row = try host.module("shell") { $0["digest"].string == good && $0["status"].string == "running" }
            #expect(row["refusedImage"]["reason"].string?.contains(reason) == true, "\(row.text)")
        }
        // The old file again is no news, but nothing is refused any more.
        try host.install(script: Scripts.patient, as: "shell.sh")
        _ = try host.module("shell") { $0["refusedImage"].isNull && $0["digest"].string == good }
    }

    @Test(arguments: MartletProgram.all) func `a new library that ends its process goes back, whatever its exit code`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, ["isolation": "process"])
        let good = try #require(try host.module("probe")["digest"].string)
        for (code, reason) in [("exit(0);", "exit code 0"), ("exit(3);", "exit code 3"), ("abort();", "SIGABRT")] {
            let end = host.logEnd
            let source = ProbeSource.text.replacing("return START_RESULT;", with: code + " return 0;")
            try host.install(library: source, as: "libprobe.so")
            try host.log(from: end) { $0.contains("failed on probation (") && $0.contains(reason) }
            let row = try host.module("probe") { $0["digest"].string == good && $0["status"].string == "running" }
            #expect(row["refusedImage"]["reason"].string?.contains(reason) == true, "\(row.text)")
            #expect(try host.invoke("probe", "build").int == 1)
        }
    }

    @Test(arguments: MartletProgram.all, ["loop", "thread"]) func `a new image that ends the host goes back, and is not in quarantine`(
        _ program: MartletProgram, _ isolation: String
    ) throws {
        let host = try host(program, ["isolation": isolation])
        let good = try #require(try host.module("probe")["digest"].string)
        var end = host.logEnd
        try host.install(library: Self.crashing, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        let new = try #require(try host.module("probe")["digest"].string)
        #expect(try host.invoke("probe", "build").int == 3 && new != good)
        _ = try host.martlet("send", "probe/in", "1")
        #expect(try host.waitForEnd() == .signal(SIGSEGV))
        // The next host knows, and so does the one after it.
        for signal in [SIGKILL, SIGTERM] {
            try host.start("probe", "shell")
            #expect(try host.invoke("probe", "build").int == 1)
            let row = try host.module("probe")
            #expect(row["digest"].string == good && row["isolation"].string == isolation && row["quarantine"].isNull, "\(row.text)")
            #expect(row["refusedImage"]["digest"].string == new)
            #expect(row["refusedImage"]["reason"].string?.hasPrefix("SIGSEGV in receive") == true, "\(row.text)")
            #expect(row["description"].string?.contains("its new image \(new) was refused: SIGSEGV in receive") == true, "\(row.text)")
            if signal == SIGKILL {
                let told = try host.log { $0.contains("its new image \(new) ended the host on probation (SIGSEGV in receive") }
                #expect(told.text.hasPrefix("<3>") && told.text.contains("Put another file in place to try again"), "\(told.text)")
            } else {
                #expect(!host.logLines.contains { $0.contains("ended the host on probation") })
            }
            #expect(try host.martlet("send", "probe/in", "1").code == 0)
            try host.end(signal)
        }
        try host.start("probe")
        end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        #expect(try host.invoke("probe", "build").int == 2)
        #expect(try host.module("probe")["refusedImage"].isNull)
    }

    @Test(arguments: MartletProgram.all) func `an image that has run through its probation goes to quarantine and not back`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, ["isolation": "loop"], probation: 1)
        let end = host.logEnd
        try host.install(library: Self.crashing, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        let new = try #require(try host.module("probe")["digest"].string)
        try host.waitUntil { try modules(host)["probe"]["good"].string == new }
        _ = try host.martlet("send", "probe/in", "1")
        #expect(try host.waitForEnd() == .signal(SIGSEGV))
        try host.start("probe", "shell")
        let row = try host.module("probe")
        #expect(row["digest"].string == new && row["isolation"].string == "process" && row["refusedImage"].isNull, "\(row.text)")
        #expect(row["quarantine"].string?.hasPrefix("SIGSEGV in receive") == true, "\(row.text)")
    }

    @Test(arguments: MartletProgram.all) func `after its probation a failure is the restart policy's`(_ program: MartletProgram) throws {
        let host = try host(program, probation: 1)
        var end = host.logEnd
        let script = "#!/bin/sh\necho '{\"method\":\"ready\"}'\nread start\nread line\n"
        try host.install(script: script + "exit 5\n", as: "shell.sh")
        try host.log(from: end, holding: "agent: shell running")
        let new = try #require(try host.module("shell")["digest"].string)
        try host.waitUntil { try modules(host)["shell"]["good"].string == new }
        let images = host.folder.path("state/images")
        try host.waitUntil { try FileManager.default.contentsOfDirectory(atPath: images).count == 2 }
        end = host.logEnd
        #expect(try host.martlet("send", "shell/in", "1").code == 0)
        try host.log(from: end, holding: "shell ended: exit code 5")
        try host.log(from: end, holding: "agent: shell running")
        #expect(try host.module("shell")["digest"].string == new)
        #expect(try host.module("shell")["refusedImage"].isNull)
    }

    @Test(arguments: MartletProgram.all) func `an image that the manifest demands does not go back, and that is said`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        let path = try host.install(library: ProbeSource.defining("REFUSES"), as: "librefusing.so")
        let end = host.logEnd
        host.manifest.modules["probe"]?["settings"] = ["image": "librefusing.so", "digest": try digest(path)]
        try host.writeManifest()
        try host.log(from: end, holding: "does not go back to the one before: settings.digest demands it")
        _ = try host.module("probe") { $0["status"].string == "failed" }
    }

    @Test(arguments: MartletProgram.all) func `a file that was damaged while the host was off does not stop its module`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        try host.end()
        let place = URL(fileURLWithPath: host.folder.path("modules/libprobe.so"))
        let whole = try Data(contentsOf: place)
        try whole.prefix(whole.count / 2).write(to: place)
        try host.start("probe")
        try host.log(holding: "its new image is not taken, the one before runs on: image \(host.folder.path)")
        #expect(try host.invoke("probe", "build").int == 1)
        #expect(try host.module("probe")["description"].string?.contains("is cut off") == true)
    }

    private func digest(_ path: String) throws -> String {
        let line = try runProgram(["/usr/bin/sha256sum", path]).output
        return "sha256:" + line.prefix(64)
    }
}
