import Foundation
import TestSupport
import Testing

/// Modules that were built when the ABI was published: see Tests/Golden. If one of these fails, the host is wrong.
struct GoldenTests {
    private static let folder = MartletProgram.sources + "/Tests/Golden/abi-1"

    /// A program, the golden file of its machine, and an isolation that it can run it in.
    struct Case: CustomTestStringConvertible, Sendable {
        let program: MartletProgram
        let board: String
        let isolation: String

        var testDescription: String { "\(program.testDescription), \(isolation)" }
    }

    private static let cases: [Case] = {
        var system = utsname()
        uname(&system)
        let machine = withUnsafeBytes(of: &system.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let board = ["aarch64": "arm64", "armv7l": "armhf"][machine] ?? machine
        let native = MartletProgram.all.flatMap { program in
            ["loop", "thread", "process"].map { Case(program: program, board: board, isolation: $0) }
        }
        // No emulator starts a child: see BoardTests.
        let emulated = MartletProgram.emulated.flatMap { program in
            ["loop", "thread"].map { Case(program: program, board: program.testDescription, isolation: $0) }
        }
        return native + emulated
    }()

    @Test func `the golden files are those that were published`() throws {
        let sums = try runProgram(["/usr/bin/env", "sha256sum", "--check", "--strict", "SHA256SUMS"], folder: Self.folder)
        #expect(sums.code == 0, "\(sums.output)\(sums.errors)")
        let files = try String(contentsOfFile: Self.folder + "/SHA256SUMS", encoding: .utf8).split(separator: "\n")
        #expect(files.count == 5)
    }

    @Test(arguments: cases) func `a module of ABI 1 does all it did when it was built`(_ place: Case) throws {
        var manifest = Manifest()
        let settings = ["settings": ["isolation": place.isolation]]
        manifest.library("golden", "libgolden.so", settings)
        manifest.library("peer", "libgolden.so", settings)
        manifest.desired["golden"] = ["peer": "peer"]
        manifest.routeUpstream("up", from: "golden")
        let host = try Host(place.program, manifest, images: ["\(Self.folder)/\(place.board)/libgolden.so"])
        try host.start("golden", "peer")

        #expect(try host.invoke("golden", "errors")["wrong"].int == 0)
        #expect(try host.invoke("golden", "echo", #"{"a":[1,"ä"]}"#)["a"].array.count == 2)
        #expect(try host.invoke("golden", "later")["later"].bool == true)
        for _ in 0..<2 { #expect(try host.invoke("golden", "post")["posted"].int == 1000) }
        #expect(try host.invoke("golden", "watch")["read"].string == "through a pipe")
        #expect(try host.invoke("golden", "call", #"["across"]"#).array.first?.string == "across")
        #expect(try host.invoke("golden", "send", #"{"b":2}"#)["sent"].int == 0)
        #expect(try host.invoke("golden", "report")["version"].int == 2)
        #expect(try host.invoke("golden", "twin")["reported"]["golden"].bool == true)
        #expect(try host.invoke("golden", "twin")["desired"]["peer"].string == "peer")
        let unknown = try host.json("invoke", "golden", "unknown")
        #expect(unknown["status"].int == 500)

        _ = try host.json("twin", "golden", "--desired", #"{"peer":"golden"}"#)
        try host.waitUntil { try host.log(of: "golden").contains { $0.contains(#"golden desired 3 {"peer":"golden","$version":3}"#) } }
        #expect(try host.martlet("send", "golden/in", #"{"c":3}"#, "-p", "key=value").code == 0)
        try host.waitUntil { try host.upstreamLength() == 2 }
        let log = try host.log(of: "golden")
        #expect(log.contains { $0.contains("golden creation 1") } && log.contains { $0.contains(#"in {"c":3}"#) })
        #expect(log.contains { $0.contains(" key=value ") && $0.contains("contentType=application/json") })
        #expect(log.contains { $0.contains("report: called on another thread than the module's") })

        let end = host.logEnd
        #expect(try host.martlet("restart", "golden").code == 0)
        try host.log(from: end, holding: "golden running")
        #expect(try host.log(of: "golden").filter { $0.contains("golden creation 1") }.count == 2)
        #expect(try host.log(of: "golden").contains { $0.contains("golden destroy") })
        #expect(try host.invoke("golden", "post")["posted"].int == 1000)
        #expect(try host.end() == .exit(0))
        #expect(!host.logLines.contains { $0.contains("stays in memory") })
    }

    @Test(arguments: MartletProgram.all) func `check has nothing against a module of ABI 1`(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.library("golden", "libgolden.so")
        let board = try #require(Self.cases.first?.board)
        let host = try Host(program, manifest, images: ["\(Self.folder)/\(board)/libgolden.so"])
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 0 && check.output.contains("0 errors, 0 warnings"), "\(check.errors)\(check.output)")
    }
}

extension Host {
    /// The lines that a module wrote.
    fileprivate func log(of module: String) throws -> [String] {
        try martlet("logs", module).output.components(separatedBy: "\n")
    }
}
