import Foundation
import TestSupport
import Testing

/// Libraries on a thread and in a process of their own, and what becomes of those that misbehave.
struct IsolationTests {
    /// A module that does what it is asked for, however bad.
    private static let unruly = #"""
        #include "martlet.h"
        #include <stdlib.h>
        #include <string.h>
        static const martlet_host_api *host;
        static martlet_instance *me;
        static int hangs;
        static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; return &hangs; }
        static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
            if (!strcmp(method, "crash")) *(volatile int *)0 = 1;
            if (!strcmp(method, "exit")) exit(7);
            if (!strcmp(method, "abort")) abort();
            if (!strcmp(method, "loop")) for (;;) ;
            if (!strcmp(method, "leak")) for (;;) *(volatile char *)malloc(1 << 20) = 1;
            if (!strcmp(method, "hang")) hangs = 1;
            return host->answer(me, call, 200, payload);
        }
        static void destroy(void *self) { while (hangs) ; }
        const martlet_module_api *martlet_module(const martlet_host_api *h) {
            static const martlet_module_api api = { 1, sizeof api, 0, create, 0, 0, 0, invoke, destroy };
            return &api;
        }

        """#

    private func host(_ program: MartletProgram, _ settings: [String: Any]) throws -> Host {
        var manifest = Manifest()
        // The ordinary build would print a backtrace first.
        manifest.library("unruly", "libunruly.so", ["settings": settings, "env": ["SWIFT_BACKTRACE": ["value": "enable=no"]]])
        manifest.host["restart"] = ["coolOffSeconds": 0, "maxRestarts": 1_000_000]
        let host = try Host(program, manifest)
        try host.install(library: Self.unruly, as: "libunruly.so")
        try host.start("unruly")
        return host
    }

    @Test(arguments: MartletProgram.all, ["thread", "process"])
    func `a library does on a loop of its own what it does on the host's`(_ program: MartletProgram, _ isolation: String) throws {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so", ["settings": ["isolation": isolation]])
        manifest.desired["probe"] = ["a": 1]
        manifest.route("in", from: "probe", into: "probe/inputs/self")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        #expect(try host.module("probe")["isolation"].string == isolation)
        #expect((try host.module("probe")["pid"].int != nil) == (isolation == "process"))
        #expect(try host.invoke("probe", "echo", #"["é",1]"#)[0].string == "é")
        #expect(try host.invoke("probe", "report", #"{"r":1}"#)["result"].int == 0)
        let twin = try host.invoke("probe", "twin")
        #expect(twin["desired"]["a"].int == 1 && twin["reported"]["r"].int == 1)
        _ = try host.json("twin", "probe", "--desired", #"{"a":2}"#)
        let log = try host.follow("logs", "probe", "-f")
        try log.output.line(holding: #"desired {"a":2"#)
        #expect(try host.martlet("send", "probe/in", #"{"m":1}"#).code == 0)
        try log.output.line(holding: #"received self {"m":1}"#)
        #expect(try host.martlet("restart", "probe").code == 0)
        #expect(try host.martlet("stop", "probe").code == 0)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all, [("crash", "signal 11 (SIGSEGV)"), ("exit", "exit code 7"), ("abort", "signal 6 (SIGABRT)")])
    func `what ends the process of a module is told, and the module starts again`(_ program: MartletProgram, _ end: (String, String)) throws
    {
        let host = try host(program, ["isolation": "process"])
        let start = host.logEnd
        #expect(try host.martlet("invoke", "unruly", end.0).code == 1)
        try host.log(from: start, holding: "unruly ended: " + (end.0 == "exit" ? "" : "ended by ") + end.1)
        try host.log(from: start, holding: "agent: unruly running")
        #expect(try host.invoke("unruly", "again", "1").int == 1)
    }

    @Test(arguments: MartletProgram.all, ["thread", "process"])
    func `many rounds of ends and starts leave nothing behind`(_ program: MartletProgram, _ isolation: String) throws {
        let host = try host(program, ["isolation": isolation])
        func round() throws {
            let start = host.logEnd
            let command = isolation == "process" ? ["invoke", "unruly", "abort"] : ["restart", "unruly"]
            _ = try host.martlet(command)
            try host.log(from: start, holding: "agent: unruly running")
        }
        for _ in 0..<10 { try round() }
        let before = try host.resources()
        for _ in 0..<100 { try round() }
        let after = try host.resources()
        #expect(after.descriptors <= before.descriptors + 2 && after.threads <= before.threads)
        // What is kept of the module's log grows up to its bound.
        #expect(after.residentKB < before.residentKB + 1000)
    }

    @Test(arguments: MartletProgram.all) func `an endless loop and a leak end at their limits`(_ program: MartletProgram) throws {
        let host = try host(program, ["isolation": "process", "limits": ["cpuSeconds": 1, "memory": 64 << 20]])
        _ = try host.martlet("invoke", "unruly", "loop")
        try host.log(holding: "unruly ended: ended by signal 24 (SIGXCPU), as it used its cpuSeconds limit of 1")
        try host.log(holding: "agent: unruly running")
        let start = host.logEnd
        _ = try host.module("unruly") { $0["status"].string == "running" }
        _ = try host.martlet("invoke", "unruly", "leak")
        try host.log(from: start, holding: "unruly ended: ended by signal 11 (SIGSEGV); its memory limit is 67108864 bytes")
    }

    @Test(arguments: MartletProgram.all) func `an endless loop in a process is stopped`(_ program: MartletProgram) throws {
        let host = try host(program, ["isolation": "process"])
        _ = try host.martlet("invoke", "unruly", "loop", "--timeout", "1")
        #expect(try host.martlet("stop", "unruly").code == 0)
        #expect(try host.module("unruly")["status"].string == "stopped")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a thread that does not come back is named, and the host ends without it`(
        _ program: MartletProgram
    )
        throws
    {
        let host = try host(program, ["isolation": "thread"])
        _ = try host.invoke("unruly", "hang")
        let process = host.process
        let asked = Date()
        #expect(try host.end() == .exit(0))
        #expect(Date().timeIntervalSince(asked) < 10)
        let line = "unruly is left behind: its thread has not come back from the module"
        #expect(process?.errors.lines.contains { $0.contains(line) } == true)
    }
}
