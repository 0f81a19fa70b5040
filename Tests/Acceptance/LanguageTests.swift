import Foundation
import TestSupport
import Testing

/// The modules of Tests/Modules, each in another language: loaded, called, and heard from a thread of their own.
struct LanguageTests {
    struct Language: CustomTestStringConvertible, Sendable {
        let name: String
        let file: String
        /// Typed in a folder with the source and the header's files; writes `libecho.so`.
        let commands: String

        var testDescription: String { name }
        var compiler: String { String(commands.prefix { $0 != " " }) }

        var isInstalled: Bool {
            (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":").contains {
                FileManager.default.isExecutableFile(atPath: "\($0)/\(compiler)")
            }
        }
    }

    private static let cxx = Language(
        name: "C++", file: "echo.cpp",
        commands: "c++ -std=c++98 -Wall -Wextra -Wpedantic -Werror -I. -fPIC -shared -fvisibility=hidden -o libecho.so echo.cpp")
    private static let rust = Language(
        name: "Rust", file: "echo.rs",
        commands: "rustc --edition 2021 --crate-type cdylib -C panic=abort -C strip=symbols -D warnings -o libecho.so echo.rs")
    private static let zig = Language(
        name: "Zig", file: "echo.zig",
        commands: """
            zig translate-c -lc martlet.h > martlet.zig
            zig build-lib -dynamic -O ReleaseSmall -fstrip -lc -femit-bin=libecho.so echo.zig
            """)

    private static let header = MartletProgram.sources + "/Sources/CMartlet"

    @Test(arguments: MartletProgram.all) func `a module in C++ runs, and posts from a thread`(_ program: MartletProgram) throws {
        try run(Self.cxx, program)
    }

    @Test(.enabled(if: rust.isInstalled, "rustc is not on the PATH"), arguments: MartletProgram.all)
    func `a module in Rust runs, and posts from a thread`(_ program: MartletProgram) throws {
        try run(Self.rust, program)
    }

    @Test(.enabled(if: zig.isInstalled, "zig is not on the PATH"), arguments: MartletProgram.all)
    func `a module in Zig runs, and posts from a thread`(_ program: MartletProgram) throws {
        try run(Self.zig, program)
    }

    private func run(_ language: Language, _ program: MartletProgram) throws {
        let build = TemporaryFolder()
        for file in [Self.header + "/martlet.h", Self.header + "/martlet.rs", MartletProgram.sources + "/Tests/Modules/" + language.file] {
            try FileManager.default.copyItem(atPath: file, toPath: build.path(URL(fileURLWithPath: file).lastPathComponent))
        }
        let compiled = try runProgram(["/bin/sh", "-euc", language.commands], folder: build.path)
        try #require(compiled.code == 0, "\(compiled.errors)")

        var manifest = Manifest()
        manifest.library("echo", "libecho.so")
        manifest.routeUpstream("up", from: "echo")
        let host = try Host(program, manifest, images: [build.path("libecho.so")])
        try host.start("echo")
        let monitor = try host.follow("monitor", "--count", "1", "--timeout", "60")
        try host.waitUntil {
            _ = try host.martlet("send", "echo/in", #"{"word":"hello"}"#, "-p", "key=value")
            return !monitor.output.lines.isEmpty
        }
        let message = try JSONValue(parsing: monitor.output.lines[0])
        #expect(message["output"].string == "out")
        #expect(message["body"]["word"].string == "hello" && message["properties"]["key"].string == "value")
        #expect(try host.invoke("echo", "greet")["from"].string == language.name)
        #expect(try host.json("invoke", "echo", "greet")["status"].int == 500)
        #expect(try host.martlet("logs", "echo").output.contains("greeting from a thread"))
        #expect(try host.martlet("restart", "echo").code == 0)
        try host.waitUntil { try host.module("echo")["status"].string == "running" }
        #expect(try host.invoke("echo", "greet")["from"].string == language.name)
        #expect(try host.end() == .exit(0))
        #expect(!host.logLines.contains { $0.contains("stays in memory") })
    }

    @Test(.enabled(if: rust.isInstalled, "rustc is not on the PATH"))
    func `the types for Rust have the layout of the header`() throws {
        let folder = TemporaryFolder()
        try FileManager.default.copyItem(atPath: Self.header + "/martlet.rs", toPath: folder.path("martlet.rs"))
        // The places of HeaderTests: two numbers, and then pointers.
        let host = [
            "error_text", "send", "report", "twin", "invoke", "answer", "log", "timer_start", "timer_stop", "ready", "watch_start",
            "watch_stop", "post",
        ]
        let module = ["ready_later", "create", "start", "receive", "desired", "invoke", "destroy"]
        let message = [
            "size", "name", "body", "", "properties", "property_count", "system_properties", "system_property_count",
        ]
        var lines = ["mod martlet;", "use martlet::*;", "use core::mem::{offset_of, size_of};", "const P: usize = size_of::<usize>();"]
        func add(_ type: String, _ members: [String], from start: Int) {
            for (index, name) in members.enumerated() where !name.isEmpty {
                let place = name == "ready_later" ? "8" : "\(start) + \(index) * P"
                lines.append("const _: () = assert!(offset_of!(\(type), \(name)) == \(place));")
            }
            lines.append("const _: () = assert!(size_of::<\(type)>() == \(start) + \(members.count) * P);")
        }
        add("martlet_host_api", host, from: 8)
        add("martlet_module_api", module, from: 8)
        add("martlet_message", message, from: 0)
        try folder.write((lines + ["fn main() {}"]).joined(separator: "\n"), to: "layout.rs")
        let check = try runProgram(
            ["/usr/bin/env", "rustc", "--edition", "2021", "--emit", "metadata", "-o", "layout", "layout.rs"], folder: folder.path)
        #expect(check.code == 0, "\(check.errors)")
    }
}
