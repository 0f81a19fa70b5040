import Foundation
import TestSupport
import Testing

/// `martlet check` looks into images: everything that can be known of them without starting their modules.
struct ImageCheckTests {
    private let folder = TemporaryFolder()

    private func check(_ program: MartletProgram, _ manifest: Manifest, _ options: String...) throws -> (code: Int32?, errors: [String]) {
        let path = try folder.write(try manifest.text, to: "device.json")
        let result = try runProgram(program.command + ["check", path] + options)
        return (result.code, result.errors.split(separator: "\n").map { String($0) })
    }

    private func library(_ name: String, _ source: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        _ = try compileSharedLibrary(source: source, named: "modules/lib\(name).so", in: folder)
    }

    private func file(_ name: String, _ text: String) throws {
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        try folder.write(text, to: "modules/" + name)
    }

    /// What is said of a module's image.
    private func said(_ errors: [String], of module: String) -> [String] {
        errors.filter { $0.contains("modules.\(module).settings.image: ") || $0.contains("modules[\"\(module)\"].settings.image: ") }
    }

    private static let isolations = ["loop", "thread", "process"]

    @Test(arguments: MartletProgram.all) func `an image that ends the process that looks into it is an error, however it does`(
        _ program: MartletProgram
    ) throws {
        let first = "__attribute__((constructor)) static void first(void) { "
        let sources = [
            ("exits", "#include <stdlib.h>\n#include <stdio.h>\n\(first) puts(\"all is well\"); exit(0); }", "exit code 0"),
            ("leaves", "#include <unistd.h>\n\(first) _exit(3); }", "exit code 3"),
            ("aborts", "#include <stdlib.h>\n\(first) abort(); }", "SIGABRT"),
            (
                "wild", "void *martlet_module(void *host) { (void)host; return (void *)8; }\nint f(void) { return *(volatile int *)16; }",
                "SIGSEGV"
            ),
        ]
        var manifest = Manifest()
        for (name, source, _) in sources {
            try library(name, source)
            for isolation in Self.isolations {
                manifest.library("\(name)-\(isolation)", "lib\(name).so", ["settings": ["isolation": isolation]])
                guard name != "wild" else { continue }
                let functions: Manifest.Object = ["f": ["symbol": "f", "arguments": [], "returns": "void"]]
                manifest.functions("\(name)-functions-\(isolation)", "lib\(name).so", functions, ["settings": ["isolation": isolation]])
            }
        }
        let result = try check(program, manifest)
        #expect(result.code == 2)
        for (name, _, reason) in sources {
            for module in manifest.modules.keys where module.hasPrefix(name) {
                let said = said(result.errors, of: module)
                #expect(said.count == 1 && said[0].hasPrefix("error: ") && said[0].contains(reason), "\(module): \(result.errors)")
                #expect(said.first?.contains("lib\(name).so") == true)
            }
        }
    }

    @Test(arguments: MartletProgram.all) func `an image that hangs while it is loaded is an error`(_ program: MartletProgram) throws {
        try library("hangs", "#include <unistd.h>\n__attribute__((constructor)) static void first(void) { for (;;) pause(); }")
        var manifest = Manifest()
        manifest.library("hangs", "libhangs.so")
        let said = said(try check(program, manifest).errors, of: "hangs")
        #expect(said.count == 1 && said[0].contains("took more than 10 s"), "\(said)")
    }

    @Test(arguments: MartletProgram.all) func `an entry that is a variable is an error, and no crash of the host`(_ program: MartletProgram)
        throws
    {
        var manifest = Manifest()
        for isolation in Self.isolations { manifest.library(isolation, "libentry.so", ["settings": ["isolation": isolation]]) }
        manifest.library("probe", "libprobe.so")
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(library: "int martlet_module = 5;", as: "libentry.so")
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 2)
        try host.start("probe")
        for isolation in Self.isolations {
            let row = try host.module(isolation) { $0["status"].string == "failed" }
            #expect(row["description"].string?.contains("martlet_module is a variable and not a function") == true, "\(row.text)")
            let said = said(check.errors.split(separator: "\n").map { String($0) }, of: isolation)
            #expect(said.count == 1 && said[0].contains("martlet_module is a variable and not a function"), "\(check.errors)")
        }
        #expect(try host.invoke("probe", "count").int == 1)
    }

    @Test(arguments: MartletProgram.all) func `all that is wrong with one image is listed`(_ program: MartletProgram) throws {
        try library("plain", PlainSource.text)
        var manifest = Manifest()
        let absent = Dictionary(
            uniqueKeysWithValues: ["one", "two"].map { ($0, ["symbol": "plain_\($0)", "arguments": [], "returns": "void"] as Any) })
        let more: Manifest.Object = ["digest": "sha256:" + String(repeating: "0", count: 64), "signature": "AAAA"]
        for isolation in Self.isolations {
            manifest.functions(
                isolation, "libplain.so", absent, ["settings": more.merging(["isolation": isolation]) { $1 }])
        }
        let result = try check(program, manifest)
        #expect(result.code == 2)
        for isolation in Self.isolations {
            let said = said(result.errors, of: isolation)
            for part in ["the manifest asks for sha256:000", "there is no key to check it with", "plain_one", "plain_two"] {
                #expect(said.contains { $0.contains(part) }, "\(part): \(said)")
            }
        }
    }

    @Test(arguments: MartletProgram.all) func `images are looked into though the manifest is wrong elsewhere`(_ program: MartletProgram)
        throws
    {
        try library("nothing", "int nothing;")
        try library("plain", PlainSource.text)
        var manifest = Manifest()
        manifest.device["hubHostNam"] = "x"
        manifest.routes["syntax"] = "FROM nowhere"
        manifest.library("entry", "libnothing.so", ["status": "walking", "env": ["A": 1]])
        manifest.library("other", "libnothing.so")
        // What it is meant to be is not known: only that is said.
        manifest.library("unknown", "libnothing.so", ["type": "librry"])
        manifest.functions("half", "libplain.so", ["f": ["symbol": "plain_absent", "arguments": ["complex"], "returns": "void"]])
        let result = try check(program, manifest)
        #expect(result.code == 2)
        for part in ["hubHostNam", "walking", "librry", "complex", "routes.syntax"] {
            #expect(result.errors.contains { $0.contains(part) }, "\(part): \(result.errors)")
        }
        for module in ["entry", "other"] {
            #expect(said(result.errors, of: module).contains { $0.contains("does not export martlet_module") }, "\(result.errors)")
        }
        #expect(said(result.errors, of: "unknown").isEmpty && said(result.errors, of: "half").isEmpty, "\(result.errors)")
        // Where the folder is in question, so are the images.
        manifest.host["modulesDirectory"] = 7
        #expect(said(try check(program, manifest).errors, of: "other").isEmpty)
    }

    @Test(arguments: MartletProgram.all) func `programs and scripts are looked into`(_ program: MartletProgram) throws {
        let linker = "cc -o '\(folder.path)/modules/linker' -x c - -Wl,--dynamic-linker=/lib/ld-none.so"
        try file("interpreter", "#!/usr/bin/nothing -x\n")
        try file("none", "#!\n")
        try file("text", "hello\n")
        try file("good", "#!/bin/sh\n")
        #expect(try runProgram(["/bin/sh", "-c", "echo 'int main(void) { return 0; }' | " + linker]).code == 0)
        try FileManager.default.createDirectory(atPath: folder.path("modules/folder"), withIntermediateDirectories: true)
        var manifest = Manifest()
        let reasons = [
            "interpreter": "needs /usr/bin/nothing, which is not there", "none": "names no interpreter",
            "text": "neither an ELF program nor",
            "linker": "needs the dynamic linker /lib/ld-none.so", "folder": "is not a file",
        ]
        for name in reasons.keys { manifest.executable(name, name) }
        manifest.executable("good", "good")
        manifest.executable("edge", "good", ["settings": ["protocol": "edge"]])
        manifest.executable("absent", "absent")
        let result = try check(program, manifest)
        #expect(result.code == 2)
        for (name, reason) in reasons {
            let said = said(result.errors, of: name)
            #expect(said.count == 1 && said[0].hasPrefix("error: ") && said[0].contains(reason), "\(name): \(result.errors)")
        }
        #expect(said(result.errors, of: "good").isEmpty)
        #expect(said(result.errors, of: "absent").allSatisfy { $0.hasPrefix("warning: ") && $0.contains("is not there yet") })
        #expect(result.errors.contains { $0.hasPrefix("warning: ") && $0.contains("modules.edge.settings.protocol") })
    }

    @Test(arguments: MartletProgram.all) func `the folder of a system service is given as it is to run`(_ program: MartletProgram) throws {
        try library("nothing", "int nothing;")
        #expect(rename(folder.path("modules"), folder.path("elsewhere")) == 0)
        var manifest = Manifest()
        manifest.library("m", "libnothing.so")
        let there = try check(program, manifest)
        #expect(there.code == 0 && said(there.errors, of: "m").contains { $0.contains("is not there yet") })
        let elsewhere = try check(program, manifest, "--modules", folder.path("elsewhere"))
        #expect(elsewhere.code == 2 && said(elsewhere.errors, of: "m").contains { $0.contains("does not export") }, "\(elsewhere.errors)")
    }
}
