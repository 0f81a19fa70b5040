import Foundation
import TestSupport
import Testing

/// What the state folder keeps of images, and for how long.
struct ImageStateTests {
    private func stored(_ host: Host) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: host.folder.path("state/images")).map { "sha256:" + $0 })
    }

    private func digest(_ path: String) throws -> String {
        "sha256:" + (try runProgram(["/usr/bin/sha256sum", path]).output.prefix(64))
    }

    @Test(arguments: MartletProgram.all) func `images are kept while an instance runs or may go back to them, and no longer`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        manifest.host = ["restart": ["coolOffSeconds": 0, "probationSeconds": 1]]
        manifest.library("probe", "libprobe.so")
        for isolation in ["thread", "process"] {
            manifest.functions(isolation, "lib\(isolation).so", PlainSource.functions, ["settings": ["isolation": isolation]])
        }
        manifest.executable("shell", "shell.sh")
        let host = try Host(program, manifest, images: [try Images.probe])
        for isolation in ["thread", "process"] {
            try host.install(library: "#define ISOLATION_\(isolation) 1\nint \(isolation);\n" + PlainSource.text, as: "lib\(isolation).so")
        }
        // It ends when the gate is opened: its image is let go after the manifest was applied.
        let gate = host.folder.path("gate")
        #expect(mkfifo(gate, 0o600) == 0)
        try host.install(
            script: """
                #!/bin/sh
                trap '' TERM
                echo '{"method":"ready"}'
                while read -r line; do case $line in *stop*) break ;; esac; done
                read -r word < "\(gate)"

                """, as: "shell.sh")
        try host.start("probe", "thread", "process", "shell")
        #expect(try stored(host).count == 4)
        let one = try digest(try Images.probe), two = try digest(try Images.probe2)

        // An update: both, until the new one has run through its probation.
        try host.install(try Images.probe2, as: "libprobe.so")
        try host.waitUntil { try stored(host).contains(two) }
        try host.waitUntil { try !stored(host).contains(one) }
        #expect(try host.invoke("probe", "build").int == 2)

        // A way back: the one that failed goes.
        let failing = try host.install(library: ProbeSource.defining("REFUSES"), as: "libprobe.so")
        let end = host.logEnd
        try host.log(from: end) { $0.contains("agent: probe running") }
        let refused = try digest(failing)
        try host.waitUntil { try !stored(host).contains(refused) }
        #expect(try stored(host).contains(two))

        // Instances that the manifest has no longer, in each isolation.
        for name in ["thread", "process", "shell"] {
            host.manifest.modules[name] = nil
            let count = try stored(host).count
            try host.writeManifest()
            if name == "shell" {
                // Only who waits for the gate makes it a pipe that can be opened.
                var end: Int32 = -1
                try host.waitUntil {
                    end = open(gate, O_WRONLY | O_NONBLOCK)
                    return end >= 0
                }
                #expect(try stored(host).count == count, "it runs")
                close(end)
            }
            try host.waitUntil { try stored(host).count == count - 1 }
        }
        #expect(try stored(host) == [two])

        // What is left of other times goes at the start.
        try host.end(SIGKILL)
        let images = host.folder.path("state/images/")
        let stale = String(repeating: "ab", count: 32)
        for name in [stale, two.dropFirst(7) + ""] {
            try FileManager.default.createDirectory(atPath: images + name, withIntermediateDirectories: true)
            for file in ["7", "0.part"] { try Data("x".utf8).write(to: URL(fileURLWithPath: images + name + "/" + file)) }
        }
        try Data().write(to: URL(fileURLWithPath: images + "file"))
        try host.start("probe")
        try host.waitUntil { try FileManager.default.contentsOfDirectory(atPath: images + two.dropFirst(7)) == ["0"] }
        try host.waitUntil { try FileManager.default.contentsOfDirectory(atPath: images).sorted() == [String(two.dropFirst(7))] }
        #expect(try host.invoke("probe", "build").int == 2)
    }

    @Test(arguments: MartletProgram.all) func `a memory that is damaged is said and never stops the host`(_ program: MartletProgram) throws
    {
        var manifest = Manifest()
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        let path = host.folder.path("state/modules.json")
        let damages: [(what: String, does: () throws -> Void)] = [
            ("empty", { try Data().write(to: URL(fileURLWithPath: path)) }),
            ("noise", { try Data((0..<4096).map { UInt8(truncatingIfNeeded: $0 * 7) }).write(to: URL(fileURLWithPath: path)) }),
            ("half", { try Data(#"{"probe":{"good":"sha"#.utf8).write(to: URL(fileURLWithPath: path)) }),
            ("deep", { try Data(String(repeating: "[", count: 100_000).utf8).write(to: URL(fileURLWithPath: path)) }),
            ("a list", { try Data("[]".utf8).write(to: URL(fileURLWithPath: path)) }),
            (
                "a folder",
                {
                    try FileManager.default.removeItem(atPath: path)
                    try FileManager.default.createDirectory(atPath: path + "/in", withIntermediateDirectories: true)
                }
            ),
        ]
        try host.start("probe")
        try host.end()
        for (what, does) in damages {
            try does()
            try host.start("probe")
            let told = try host.log { $0.contains("state/modules.json is forgotten: ") }
            #expect(told.text.hasPrefix("<4>"), "\(what): \(told.text)")
            #expect(try host.end() == .exit(0), "\(what)")
        }
        // Values that are none are as if they were not there.
        try FileManager.default.removeItem(atPath: path)
        try Data(#"{"probe":{"good":7,"refused":{"digest":"x"},"quarantine":[]},"gone":1}"#.utf8).write(to: URL(fileURLWithPath: path))
        try host.start("probe")
        #expect(!host.logLines.contains { $0.contains("forgotten") })
        #expect(try host.module("probe")["refusedImage"].isNull)
    }

    @Test(arguments: MartletProgram.all) func `what the manifest demands runs from the store where the file is another`(
        _ program: MartletProgram
    ) throws {
        var manifest = Manifest()
        let demanded = try digest(try Images.probe)
        manifest.library("probe", "libprobe.so", ["settings": ["digest": demanded]])
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.start("probe")
        let end = host.logEnd
        try host.install(try Images.probe2, as: "libprobe.so")
        let told = try host.log(from: end) { $0.contains("its new image is not taken") }
        #expect(told.text.contains("the manifest asks for \(demanded)"))
        #expect(try host.martlet("restart", "probe").code == 0)
        try host.log(from: end) { $0.contains("agent: probe running") }
        for signal in [SIGTERM, SIGKILL] {
            try host.end(signal)
            try host.start("probe")
            #expect(try host.invoke("probe", "build").int == 1)
            #expect(try host.module("probe")["description"].string?.contains("asks for \(demanded)") == true)
        }
    }
}
