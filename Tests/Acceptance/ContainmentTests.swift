import Foundation
import TestSupport
import Testing

/// Modules in the host's own process that end it: the next host knows which, and where.
struct ContainmentTests {
    private func host(_ program: MartletProgram, _ isolation: String, _ settings: Manifest.Object) throws -> Host {
        var manifest = Manifest()
        manifest.library("trap", "libtrap.so", ["settings": ["isolation": isolation]])
        manifest.functions("plain", "libplain.so", PlainSource.functions, ["settings": ["isolation": isolation]])
        manifest.host = ["restart": ["coolOffSeconds": 0, "maxRestarts": 1000]].merging(settings) { $1 }
        let host = try Host(program, manifest, images: [try Images.plain])
        try host.install(library: TrapSource.text(host.folder.path), as: "libtrap.so")
        return host
    }

    /// Starts the host, has the module do what it is to do, and waits for the host's end.
    private func crash(_ host: Host, _ function: String, _ deed: String) throws -> ProgramEnd {
        try host.folder.write("\(function) \(deed)\n", to: "where")
        try host.launch()
        // Others come by themselves.
        switch function {
        case "receive", "desired", "invoke", "destroy", "unload":
            try host.log(holding: "agent: trap running")
            switch function {
            case "receive": _ = try host.martlet("send", "trap/in", "1")
            case "desired": _ = try host.martlet("twin", "trap", "--desired", #"{"a":\#(host.logEnd)}"#)
            case "invoke": _ = try host.martlet("invoke", "trap", "any")
            default: _ = try host.martlet("stop", "trap")
            }
        default: break
        }
        return try host.waitForEnd()
    }

    @Test(arguments: MartletProgram.all) func `a host that dies in any function of a module leaves its name to the next one`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, "loop", ["quarantine": false])
        let onLoop: [(function: String, deed: String, end: ProgramEnd, reason: String)] = [
            ("load", "abort", .signal(SIGABRT), "SIGABRT in load"),
            ("create", "segv", .signal(SIGSEGV), "SIGSEGV in create, at libtrap.so+0x"),
            ("start", "exit0", .exit(1), "exit(0) in start, at libtrap.so+0x"),
            ("receive", "overflow", .signal(SIGSEGV), "SIGSEGV in receive, at libtrap.so+0x"),
            ("desired", "fpe", .signal(SIGFPE), "SIGFPE in desired, at libtrap.so+0x"),
            ("invoke", "ill", .signal(SIGILL), "SIGILL in invoke, at libtrap.so+0x"),
            ("timer", "exit3", .exit(3), "exit(3) in timer, at libtrap.so+0x"),
            ("watch", "bus", .signal(SIGBUS), "SIGBUS in watch, at libtrap.so+0x"),
            ("post", "segv", .signal(SIGSEGV), "SIGSEGV in post, at libtrap.so+0x"),
            ("done", "abort", .signal(SIGABRT), "SIGABRT in done, at libtrap.so+0x"),
            ("answer", "segv", .signal(SIGSEGV), "SIGSEGV in answer, at libtrap.so+0x"),
            ("thread", "segv", .signal(SIGSEGV), "SIGSEGV in a thread of its own, at libtrap.so+0x"),
            ("destroy", "segv", .signal(SIGSEGV), "SIGSEGV in destroy, at libtrap.so+0x"),
            ("unload", "abort", .signal(SIGABRT), "SIGABRT in unload, at libtrap.so+0x"),
        ]
        let onThread: [(function: String, deed: String, end: ProgramEnd, reason: String)] = [
            ("receive", "overflow", .signal(SIGSEGV), "SIGSEGV in receive, at libtrap.so+0x"),
            ("timer", "exit0", .exit(1), "exit(0) in timer, at libtrap.so+0x"),
            ("destroy", "abort", .signal(SIGABRT), "SIGABRT in destroy, at libtrap.so+0x"),
        ]
        var before: String?
        for (isolation, crashes) in [("loop", onLoop), ("thread", onThread)] {
            host.manifest.modules["trap"]?["settings"] = ["image": "libtrap.so", "isolation": isolation]
            try host.writeManifest()
            for (function, deed, end, reason) in crashes {
                #expect(try crash(host, function, deed) == end, "\(function) \(deed) on \(isolation)")
                if let before { try host.log(holding: "[ERR] agent: trap ended the host before this one: \(before)") }
                before = reason
            }
        }
        // What the functions of a plain library do is theirs.
        host.manifest.modules["plain"]?["settings"] = ["image": "libplain.so", "isolation": "loop", "functions": PlainSource.functions]
        try host.writeManifest()
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap", "plain")
        let lines = host.logLines
        #expect(lines.contains { $0.contains("trap ended the host before this one: SIGABRT in destroy") && $0.contains("image sha256:") })
        #expect(lines.contains { $0.contains("trap, in quarantine (SIGABRT in destroy") && $0.contains("host.quarantine is false") })
        #expect(try host.module("trap")["quarantine"].isNull)
        _ = try host.martlet("invoke", "plain", "crash")
        #expect(try host.waitForEnd() == .signal(SIGABRT))
        try host.start("trap", "plain")
        #expect(host.logLines.contains { $0.contains("plain ended the host before this one: SIGABRT in function, at libplain.so+0x") })
        #expect(try host.end() == .exit(0))
        // The one before ended in order.
        try host.start("trap")
        #expect(!host.logLines.contains { $0.contains("ended the host before this one") })
    }

    @Test(arguments: MartletProgram.all) func `a module that ended the host runs in a process of its own until its image changes`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, "loop", [:])
        #expect(try crash(host, "receive", "segv") == .signal(SIGSEGV))
        try host.start("trap", "plain")
        try host.log(holding: "[WRN] agent: trap, in quarantine (SIGSEGV in receive")
        let row = try host.module("trap")
        #expect(row["isolation"].string == "process" && row["pid"].int != nil)
        #expect(row["quarantine"].string?.hasPrefix("SIGSEGV in receive, at libtrap.so+0x") == true)
        #expect(row["quarantine"].string?.hasSuffix("address 0x8") == true)
        #expect(row["description"].string?.contains("in quarantine: SIGSEGV in receive") == true)
        #expect(try host.module("plain")["isolation"].string == "loop")
        #expect(try host.module("plain")["quarantine"].isNull)
        // It does it again, and the host lives.
        var end = host.logEnd
        #expect(try host.martlet("send", "trap/in", "1").code == 0)
        try host.log(from: end, holding: "trap ended: ended by signal 11 (SIGSEGV)")
        try host.log(from: end, holding: "agent: trap running")
        #expect(try host.end() == .exit(0))
        // The next host has not forgotten.
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap")
        #expect(try host.module("trap")["isolation"].string == "process")
        end = host.logEnd
        try host.install(library: TrapSource.text(host.folder.path, build: 2), as: "libtrap.so")
        try host.log(from: end, where: { $0.contains("trap, in quarantine (SIGSEGV in receive") && $0.contains("leaves it") })
        try host.log(from: end, holding: "agent: trap running (library, loop")
        let free = try host.module("trap")
        #expect(free["isolation"].string == "loop" && free["quarantine"].isNull && free["pid"].isNull)
    }

    @Test(arguments: MartletProgram.all) func `a new image that ends the host in its probation goes back to the one before`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, "loop", [:])
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap")
        let good = try #require(try host.module("trap")["digest"].string)
        try host.folder.write("start exit0\n", to: "where")
        // Only the new image is restarted, and dies of it.
        try host.install(library: TrapSource.text(host.folder.path, build: 2), as: "libtrap.so")
        #expect(try host.waitForEnd() == .exit(1))
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap")
        let row = try host.module("trap")
        #expect(row["digest"].string == good && row["isolation"].string == "loop" && row["quarantine"].isNull)
        #expect(row["refusedImage"]["reason"].string?.hasPrefix("exit(0) in start") == true)
    }
}
