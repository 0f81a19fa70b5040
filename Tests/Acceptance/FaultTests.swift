import Foundation
import TestSupport
import Testing

/// What a module can do wrong, in each isolation: the same words for the same fault, and no harm to anybody else.
struct FaultTests {
    private static let isolations = ["loop", "thread", "process"]

    /// Images that cannot be used, and what the reason must hold.
    private static let reasons = [
        "missing": "libmissing.so", "text": "ELF", "machine": "machine", "entry": "martlet_module", "newer": "version 99",
        "refusing": "create",
        "short": "16", "digest": "digest", "failing-start": "start returned -7 (failed)", "empty": "ELF", "folder": "file",
        "broken": "cut off", "old-host": "refuses this host", "no-destroy": "destroy", "undefined": "not_there",
        "dependency": "libnowhere.so",
    ]

    @Test(arguments: MartletProgram.all) func `images that cannot be used fail with the same reason in each isolation`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.host["restart"] = ["coolOffSeconds": 0, "maxRestarts": 2]
        for isolation in Self.isolations {
            for name in Self.reasons.keys {
                let digest = name == "digest" ? ["digest": "sha256:" + String(repeating: "0", count: 64)] : [:]
                let settings = ["isolation": isolation].merging(digest) { $1 }
                manifest.library("\(name)-\(isolation)", name == "digest" ? "libprobe.so" : "lib\(name).so", ["settings": settings])
            }
            manifest.library("probe-\(isolation)", "libprobe.so", ["settings": ["isolation": isolation]])
        }
        let host = try Host(program, manifest, images: [try Images.probe])
        try installBadImages(host)
        try host.start("probe-loop", "probe-thread", "probe-process")
        var list: [String: String] = [:]
        try host.waitUntil {
            // Those that only refuse to start are tried again, and given up.
            let rows = try host.json("list", "--json").array.filter { $0["status"].string == "failed" }
            for row in rows { list[row["name"].string ?? ""] = row["description"].string }
            return rows.count == Self.reasons.count * Self.isolations.count
        }
        for (name, part) in Self.reasons {
            let texts = Self.isolations.compactMap { list["\(name)-\($0)"] }
            #expect(texts.first.map { $0.count > 10 && $0.contains(part) } == true, "\(name): \(texts)")
            #expect(texts.count == 3 && Set(texts).count == 1, "\(name): \(texts)")
        }
        for isolation in Self.isolations {
            #expect(try host.invoke("probe-\(isolation)", "count").int == 1)
            #expect(try host.martlet("logs", "refusing-\(isolation)").output.hasPrefix("no sensor there\n"))
        }
        #expect(try host.end() == .exit(0))
    }

    private func installBadImages(_ host: Host) throws {
        try host.install(script: "no ELF at all", as: "libtext.so")
        try host.install(script: "", as: "libempty.so")
        try FileManager.default.createDirectory(atPath: host.folder.path("modules/libfolder.so"), withIntermediateDirectories: true)
        let sources = [
            "entry": "int something(void) { return 1; }",
            "newer": ProbeSource.defining("VERSION", "99"),
            "refusing": ProbeSource.defining("REFUSES"),
            "short": ProbeSource.defining("SIZE", "16"),
            "failing-start": ProbeSource.defining("START_RESULT", "MARTLET_ERROR_FAILED"),
            "old-host": "void *martlet_module(void *host) { return 0; }",
            "no-destroy": #"""
            #include "martlet.h"
            static void *create(const martlet_host_api *h, martlet_instance *i) { return i; }
            static const martlet_module_api api = {1, sizeof api, 0, create, 0, 0, 0, 0, 0};
            const martlet_module_api *martlet_module(const martlet_host_api *h) { return &api; }
            """#,
            "undefined": "void not_there(void); void *martlet_module(void *host) { not_there(); return 0; }",
        ]
        for (name, source) in sources { try host.install(library: source, as: "lib\(name).so") }
        let compiled = TemporaryFolder()
        let nowhere = try compileSharedLibrary(source: "int nowhere(void) { return 1; }", named: "libnowhere.so", in: compiled)
        let dependency = try compileSharedLibrary(
            source: "int nowhere(void); void *martlet_module(void *host) { nowhere(); return 0; }", named: "libdependency.so", in: compiled,
            linking: [nowhere])
        try host.install(dependency)
        // Of another machine: the machine's number in the ELF header. Broken: cut off in the middle.
        var elf = try Data(contentsOf: URL(fileURLWithPath: try Images.probe))
        try elf.prefix(elf.count / 2).write(to: URL(fileURLWithPath: host.folder.path("modules/libbroken.so")))
        elf[18] = 0xF3
        elf[19] = 0
        try elf.write(to: URL(fileURLWithPath: host.folder.path("modules/libmachine.so")))
    }

    /// A host with the faulty module in each isolation, and something that goes on beside it.
    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        for isolation in Self.isolations { manifest.library(isolation, "libfaulty.so", ["settings": ["isolation": isolation]]) }
        manifest.host["restart"] = ["coolOffSeconds": 0, "maxRestarts": 1_000_000]
        for isolation in Self.isolations { manifest.route("of-" + isolation, from: isolation, into: "\(isolation)/inputs/back") }
        let host = try Host(program, manifest, images: [try Images.faulty])
        try host.start("loop", "thread", "process")
        return host
    }

    /// Restarts a module and waits until it runs again.
    private func restart(_ host: Host, _ name: String) throws -> Bool {
        let end = host.logEnd
        let asked = try host.martlet("restart", name).code == 0
        try host.log(from: end, holding: "agent: \(name) running")
        return asked
    }

    @Test(arguments: MartletProgram.all) func `wrong calls have the same results and the same words in each isolation`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        var logs: [[Substring]] = []
        for isolation in Self.isolations {
            let results = try host.invoke(isolation, "wrong")
            #expect(results["told inside"].raw == nil, "\(isolation): a done came from inside the call it was given to")
            for (call, result) in FaultySource.results {
                #expect(results[call].int == result, "\(isolation): \(call) gives \(results[call].raw ?? "nothing"), not \(result)")
            }
            let threads = try host.invoke(isolation, "foreign")
            #expect(threads["wrong"].int == 0, "\(isolation): \(threads.raw ?? "")")
            logs.append(try host.martlet("logs", isolation).output.split(separator: "\n"))
        }
        #expect(logs[0].count > 20 && logs[0].allSatisfy { $0.contains(": ") }, "\(logs[0])")
        #expect(logs[1] == logs[0] && logs[2] == logs[0], "\(logs)")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a module that is busy in every way ends and starts again and again`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program)
        for _ in 0..<8 {
            for isolation in Self.isolations {
                // Timers, watches, posts of a thread, messages, reports and calls are all on their way when it ends.
                #expect(try host.invoke(isolation, "busy")["timers"].int == 200)
                #expect(try restart(host, isolation))
            }
        }
        for isolation in Self.isolations {
            let log = try host.martlet("logs", isolation).output
            #expect(log.contains("destroyed") && !log.contains("too late"), "\(isolation): \(log)")
        }
        #expect(!host.logLines.contains { $0.contains(" ended: ") || $0.contains("stays in memory") }, "\(host.logLines)")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a thread that outlives its module does no harm`(_ program: MartletProgram) throws {
        let host = try host(program)
        for isolation in Self.isolations {
            for round in 0..<3 {
                #expect(try host.invoke(isolation, "outlive")["runs"].bool == true)
                #expect(try restart(host, isolation))
                #expect(try host.invoke(isolation, "creations").int == 1, "statics are fresh in round \(round) of \(isolation)")
            }
            let log = try host.martlet("logs", isolation).output
            // The thread of a process ends with it.
            let stays = log.components(separatedBy: "so its library stays in memory").count - 1
            #expect(isolation == "process" ? stays <= 3 : stays == 3, "\(isolation): \(log)")
            #expect(!log.contains("too late"), "\(isolation): \(log)")
        }
        #expect(!host.logLines.contains { $0.contains(" ended: ") }, "\(host.logLines)")
        #expect(try host.end() == .exit(0))
    }
}
