import Foundation
import TestSupport
import Testing

/// Modules that do not return: they are named, and what they hold up goes on without them.
struct WatchdogTests {
    private func host(_ program: MartletProgram, _ isolation: String, _ watchdog: Manifest.Object) throws -> Host {
        var manifest = Manifest()
        manifest.library("trap", "libtrap.so", ["settings": ["isolation": isolation]])
        manifest.executable("shell", "shell.sh")
        manifest.host = ["restart": ["coolOffSeconds": 0, "maxRestarts": 1000], "watchdog": watchdog]
        let host = try Host(program, manifest)
        try host.install(library: TrapSource.text(host.folder.path), as: "libtrap.so")
        try host.install(script: Scripts.patient, as: "shell.sh")
        try host.folder.write("nowhere\n", to: "where")
        try host.start("trap", "shell")
        return host
    }

    private func whom(_ isolation: String) -> String { isolation == "loop" ? "the loop" : "its \(isolation)" }

    @Test(arguments: MartletProgram.all, ["loop", "thread", "process"])
    func `a call that returns late is named, with the stack, and its end`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, isolation, ["warnAfterMs": 100, "restartAfterSeconds": 0])
        try host.folder.write("receive hold\n", to: "where")
        let log = isolation == "process" ? try host.follow("logs", "trap", "-f") : nil
        #expect(try host.martlet("send", "trap/in", "1").code == 0)
        if let log {
            try host.log(holding: "[WRN] agent: trap blocks its process for 0.")
            try log.output.line(holding: "trap blocks its process: receive has not returned for 0.")
            #expect(try log.output.line(holding: "trap is at ").text.contains("trap+0x"))
        } else {
            try host.log(holding: "[WRN] host: trap blocks \(whom(isolation)): receive has not returned for 0.")
            #expect(try host.log { $0.contains("host: trap is at ") }.text.contains("libtrap.so+0x"))
        }
        if isolation != "loop" {
            let blocked = try host.module("trap") { $0["blocked"].string != nil }
            #expect(blocked["blocked"].string?.hasPrefix("blocks \(whom(isolation)) for ") == true)
            #expect(blocked["description"].string?.contains("; blocks \(whom(isolation)) for ") == true)
        }
        try host.folder.write("", to: "release")
        try host.log(holding: isolation == "process" ? "trap blocked its process for" : "host: trap returned from receive after ")
        let row = try host.module("trap") { $0["blocked"].string?.hasPrefix("blocked \(whom(isolation)) for ") == true }
        #expect(row["blocked"].string?.contains(" s in receive, until 2") == true)
        #expect(row["isolation"].string == isolation && row["quarantine"].isNull)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a call that never returns has the host start again, and its module in quarantine`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, "loop", ["warnAfterMs": 100, "restartAfterSeconds": 1])
        let shell = try #require(try host.module("shell")["pid"].int)
        let before = try host.resources()
        try host.folder.write("receive hang\n", to: "where")
        let end = host.logEnd
        #expect(try host.martlet("send", "trap/in", "1").code == 0)
        try host.log(from: end, holding: "host: trap blocks the loop: receive has not returned for 0.")
        // It executes: it was asked where.
        #expect(try host.log(from: end) { $0.contains("host: trap is at ") }.text.contains("trap is at libtrap.so+0x"))
        let again = try host.log(from: end, holding: "[ERR] host: trap blocks the loop: receive has not returned for 1.")
        try host.log(from: again, holding: "agent: trap ended the host before this one: blocked the loop for 1 s in receive")
        try host.log(from: again, holding: "trap, in quarantine (blocked the loop for 1 s in receive), runs in a process of its own")
        try host.log(from: again, holding: "agent: trap running (library, process")
        try host.log(from: again, holding: "agent: shell running")
        // The same process, with sockets that answer, and nothing of what it was before.
        let row = try host.module("trap")
        #expect(row["isolation"].string == "process" && row["quarantine"].string == "blocked the loop for 1 s in receive")
        #expect(!OtherProcess.isRunning(shell))
        let after = try host.resources()
        // Three pipes and a channel of the module that has its own process now.
        #expect(after.descriptors <= before.descriptors + 4 && after.threads <= before.threads)
        // A hang there is ended after the same time.
        #expect(try host.martlet("send", "trap/in", "1").code == 0)
        let last = "trap ended: ended by signal 6 (SIGABRT): trap blocks its process: receive has not returned for 1."
        let ended = try host.log(from: again) { $0.contains(last) }
        #expect(ended.text.contains("; its process ends"))
        try host.log(from: ended.next, holding: "agent: trap running (library, process")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a host that is asked to stop while a module holds it up ends without it`(
        _ program: MartletProgram
    ) throws {
        // The loop hears of the signal, or not any more.
        for function in ["destroy", "receive"] {
            let host = try host(program, "loop", ["warnAfterMs": 100, "restartAfterSeconds": 1])
            try host.folder.write("\(function) hang\n", to: "where")
            if function == "receive" {
                #expect(try host.martlet("send", "trap/in", "1").code == 0)
                try host.log(holding: "trap blocks the loop: receive has not returned")
            }
            let process = host.process
            #expect(try host.end() == .exit(1))
            let last = "host: trap blocks the loop: \(function) has not returned for 1."
            #expect(process?.errors.lines.contains { $0.contains(last) && $0.hasSuffix("; the host ends without it") } == true)
            try host.folder.write("nowhere\n", to: "where")
            try host.start("trap")
            #expect(try host.module("trap")["quarantine"].string == "blocked the loop for 1 s in \(function)")
        }
    }
}
