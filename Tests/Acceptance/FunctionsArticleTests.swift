import Foundation
import TestSupport
import Testing

/// The article on functions: its C compiles, its manifests have no faults, and its calls answer what it says.
struct FunctionsArticleTests {
    private static let article = MartletProgram.sources + "/Sources/martlet/Martlet.docc/Functions.md"

    /// The code blocks of a language.
    private func blocks(_ language: String) throws -> [String] {
        let parts = try String(contentsOfFile: Self.article, encoding: .utf8).components(separatedBy: "```\(language)\n").dropFirst()
        return parts.compactMap { $0.components(separatedBy: "\n```").first }
    }

    /// A module of each block, word for word: the order of a struct's members is C's.
    private func manifest(_ blocks: [String]) -> String {
        let modules = blocks.enumerated().map { number, block in
            let image = block.contains("\"image\"") ? "" : "\"image\": \"libmeter.so\", "
            let members = #""type": "functions", "status": "running", "restartPolicy": "always", "settings": {\#(image)\#(block)}"#
            return #""meter\#(number)": {\#(members)}"#
        }
        return #"""
            {"device": {"id": "Hannover01"}, "modulesContent": {
              "$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {\#(modules.joined(separator: ",\n"))}}},
              "$edgeHub": {"properties.desired": {"schemaVersion": "1.1", "routes": {}, "storeAndForwardConfiguration": {"timeToLiveSecs": 1}}}}}
            """#
    }

    @Test(arguments: MartletProgram.all)
    func `the article's examples do what it says`(_ program: MartletProgram) throws {
        let host = try Host(program, Manifest())
        let headers = ["stdbool", "stdint", "stdio", "string"].map { "#include <\($0).h>\n" }.joined()
        try host.install(library: headers + (try blocks("c")).joined(separator: "\n"), as: "libmeter.so")
        // The last is a library of the author's machine.
        let settings = try blocks("json").filter { !$0.contains("\"image\"") }
        try host.folder.write(manifest(settings), to: "device.json")
        let check = try host.martlet("check", host.manifestPath)
        #expect(check.code == 0 && check.errors.isEmpty, "\(check.errors)")
        try host.launch()
        for number in settings.indices { try host.log(holding: "agent: meter\(number) running") }

        let calls = try blocks("sh").flatMap { $0.split(separator: "\n") }
        #expect(calls.count == 9)
        for line in calls {
            let parts = line.components(separatedBy: "# ")
            let words = parts[0].components(separatedBy: "'")
            let method = String(words[0].split(separator: " ")[3])
            let number = try #require(settings.firstIndex { $0.contains("\"\(method)\": {") })
            let answer = try host.invoke("meter\(number)", method, words.count > 1 ? words[1] : "null")
            #expect(try answer.text == JSONValue(parsing: parts[1]).text, "\(line)")
        }
        #expect(try host.end() == .exit(0))
    }
}
