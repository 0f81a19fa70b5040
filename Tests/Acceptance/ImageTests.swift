import Foundation
import TestSupport
import Testing

/// Module files that change, and module files that are none.
struct ImageTests {
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        manifest.functions("plain", "libplain.so", PlainSource.functions)
        manifest.executable("shell", "shell.sh")
        let host = try Host(program, manifest, images: [try Images.probe, try Images.plain])
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.start("probe", "plain", "shell")
        return host
    }

    @Test(arguments: MartletProgram.all) func `a new image restarts the instances that use it, and only those`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let shell = try host.module("shell")
        #expect(try host.invoke("probe", "build").int == 1)
        let end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.log(from: end, holding: "agent: probe running")
        #expect(try host.invoke("probe", "build").int == 2)
        #expect(try host.module("shell")["pid"].int == shell["pid"].int)
        // A program too.
        try host.install(script: Scripts.patient + "\n# new\n", as: "shell.sh")
        try host.log(from: end, holding: "agent: shell running")
        #expect(try host.module("shell")["digest"].string != shell["digest"].string)
    }

    @Test(arguments: MartletProgram.all) func `an image overwritten, truncated or deleted in place does a running instance no harm`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.invoke("plain", "count").int == 1)
        for name in ["libprobe.so", "libplain.so", "shell.sh"] {
            let handle = try #require(FileHandle(forUpdatingAtPath: host.folder.path("modules/" + name)))
            handle.write(Data(repeating: 0x58, count: 9000))
            try handle.truncate(atOffset: 100)
            try handle.close()
        }
        #expect(try host.invoke("probe", "count").int == 2)
        #expect(try host.invoke("plain", "count").int == 2)
        for name in ["libprobe.so", "libplain.so", "shell.sh"] {
            try FileManager.default.removeItem(atPath: host.folder.path("modules/" + name))
        }
        #expect(try host.invoke("probe", "count").int == 3)
        #expect(try host.invoke("plain", "count").int == 3)
        #expect(try host.module("shell")["status"].string == "running")
        #expect(!host.logLines.contains { $0.contains("agent: shell stopped") })
    }

    @Test(arguments: MartletProgram.all) func `two instances of one image share no static variables`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        for name in ["one", "two"] {
            manifest.library(name, "libprobe.so")
            manifest.functions("plain-" + name, "libplain.so", PlainSource.functions, ["settings": ["isolation": "loop"]])
        }
        let host = try Host(program, manifest, images: [try Images.probe, try Images.plain])
        try host.start("one", "two", "plain-one", "plain-two")
        for n in 1...3 {
            #expect(try host.invoke("one", "count").int == n)
            #expect(try host.invoke("plain-one", "count").int == n)
        }
        #expect(try host.invoke("two", "count").int == 1)
        #expect(try host.invoke("plain-two", "count").int == 1)
        // After a restart they begin anew.
        #expect(try host.martlet("restart", "one").code == 0)
        #expect(try host.invoke("one", "count").int == 1)
        #expect(try host.invoke("two", "count").int == 2)
    }

    @Test(arguments: MartletProgram.all) func `functions and programs that cannot be used fail with their reason, and all others run`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        for isolation in ["loop", "thread", "process"] {
            manifest.functions(
                "symbol-" + isolation, "libplain.so", ["f": ["symbol": "plain_absent", "arguments": [], "returns": "void"]],
                ["settings": ["isolation": isolation]])
        }
        manifest.executable("not-executable", "data.txt", ["restartPolicy": "never"])
        manifest.executable("program-missing", "nothing")
        manifest.library("probe", "libprobe.so")
        manifest.functions("plain", "libplain.so", PlainSource.functions)
        let host = try Host(program, manifest, images: [try Images.probe, try Images.plain])
        try host.install(script: "no program", as: "data.txt")
        chmod(host.folder.path("modules/data.txt"), 0o644)
        try host.start("probe", "plain")
        let reasons = [
            "symbol-loop": "plain_absent", "symbol-thread": "plain_absent", "symbol-process": "plain_absent", "not-executable": "ELF",
            "program-missing": "nothing",
        ]
        for (name, reason) in reasons {
            // Some are found to be bad in a process of their own, and are given up after some restarts.
            let module = try host.module(name) { $0["status"].string == "failed" }
            let description = try #require(module["description"].string)
            #expect(description.count > 10 && description.contains(reason), "\(name): \(description)")
        }
        #expect(try host.invoke("probe", "count").int == 1)
        #expect(try host.invoke("plain", "count").int == 1)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `an instance whose image was missing starts when the image comes`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest)
        try host.launch()
        try host.log(holding: "probe failed")
        try host.install(try Images.probe)
        try host.log(holding: "agent: probe running")
    }
}
