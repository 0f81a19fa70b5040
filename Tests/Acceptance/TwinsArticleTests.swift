import Foundation
import TestSupport
import Testing

/// The article on twins and identities: its commands and requests do what it says, as they stand there.
struct TwinsArticleTests {
    private static let article = MartletProgram.sources + "/Sources/martlet/Martlet.docc/Twins-and-identities.md"

    /// The lines of code blocks without a language that begin with one of these words.
    private func lines(_ beginnings: String...) throws -> [String] {
        let text = try String(contentsOfFile: Self.article, encoding: .utf8)
        return text.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.flatMap {
            $0.element.split(separator: "\n").map { String($0) }
        }.filter { line in beginnings.contains { line.hasPrefix($0) } }
    }

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        manifest.executable("insight", "insight.sh")
        manifest.desired["insight"] = ["limit": 25]
        let host = try Host(program, manifest)
        try host.install(script: Scripts.patient, as: "insight.sh")
        try host.start("insight")
        return host
    }

    /// The etag of the text becomes the one that is current.
    private func run(_ line: String, _ host: Host) throws -> ProgramResult {
        let etag = try #require(try host.json("twin", "insight")["etag"].string)
        let script = line.replacingOccurrences(of: "AAAAAAAAAAc=", with: etag)
        return try runProgram(
            ["/bin/bash", "-c", "martlet() { \(host.program.command.joined(separator: " ")) \"$@\"; }\n\(script)"],
            environment: ["MARTLET_RUNTIME": host.folder.path("run")], folder: host.folder.path)
    }

    @Test(arguments: MartletProgram.all) func `the article's commands work`(_ program: MartletProgram) throws {
        let host = try host(program)
        _ = try host.martlet("identity", "camera", "--create")
        let commands = try lines("martlet identity", "martlet twin")
        #expect(commands.count == 9)
        for command in commands {
            let result = try run(command, host)
            #expect(result.code == 0 && result.output != "", "\(command): \(result.errors)")
        }
        #expect(try host.json("twin", "insight")["tags"]["site"].string == "roof")
        #expect(try host.json("twin", "insight")["properties"]["desired"]["limit"].int == 30)
    }

    @Test(arguments: MartletProgram.all) func `the article's requests work`(_ program: MartletProgram) throws {
        let host = try host(program)
        let prefix = try #require(try lines("S=").first)
        let requests = try lines("$S ")
        #expect(requests.count == 5)
        for request in requests {
            let result = try run(prefix + "\n" + request, host)
            #expect(result.code == 0 && !result.output.contains("essage\""), "\(request): \(result.output)")
        }
        #expect(try host.json("twin", "insight")["properties"]["desired"].keys == ["limit", "$metadata", "$version"])
        #expect(try host.http("GET", "/devices/Hannover01/modules/camera").status == 404)
    }
}
