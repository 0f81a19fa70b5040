import Foundation
import TestSupport
import Testing

/// The article on routes: its commands print what stands below them, and its expressions are what it says.
struct RoutesArticleTests {
    private static let path = MartletProgram.sources + "/Sources/martlet/Martlet.docc/Routes.md"

    /// An expression and what it is, as they stand in a row of a table.
    private struct Row {
        let expression: String
        let value: String
    }

    private func article() throws -> String { try String(contentsOfFile: Self.path, encoding: .utf8) }

    /// The rows of the tables with this head.
    private func rows(_ head: String) throws -> [Row] {
        try article().components(separatedBy: head + "\n").dropFirst().flatMap { table in
            table.split(separator: "\n").dropFirst().prefix { $0.hasPrefix("|") }.map { line in
                let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|").map {
                    $0.trimmingCharacters(in: .whitespaces.union(["`"])).replacing("\u{1}", with: "|")
                }
                return Row(expression: cells[0], value: cells[1])
            }
        }
    }

    /// The blocks of a language.
    private func blocks(_ language: String) throws -> [String] {
        try article().components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 && $0.element.hasPrefix(language + "\n") }
            .map { String($0.element.dropFirst(language.utf8.count + 1)) }
    }

    /// The message that the tables are for, on one line.
    private func message() throws -> String {
        try #require(try blocks("json").first { $0.contains("\"body\"") }).split(separator: "\n").joined()
    }

    private func isMatch(_ program: MartletProgram, _ condition: String, _ message: String) throws -> Bool {
        let route = "FROM /* WHERE \(condition) INTO $upstream"
        let result = try runProgram(
            program.command + ["route", "--device", "Hannover01", route], input: Array((message + "\n").utf8))
        try #require(result.code == 0, "\(condition): \(result.errors)")
        return result.output == "match\n"
    }

    @Test(arguments: MartletProgram.all) func `the article's expressions are what it says`(_ program: MartletProgram) throws {
        let message = try message()
        let rows = try rows("| expression | is |")
        #expect(rows.count > 90)
        for row in rows {
            let expression = "(\(row.expression))"
            let condition =
                switch row.value {
                case "true": expression
                case "false": row.expression.hasPrefix("$body") ? "\(expression) = false" : "NOT \(expression)"
                case "undefined": "NOT is_defined(\(expression))"
                case "null": "is_null(\(expression))"
                default: "\(expression) = \(row.value)"
                }
            let isMatch = try isMatch(program, condition, message)
            #expect(isMatch, "\(row.expression) is not \(row.value)")
        }
        // What is written for true must not hold for everything.
        #expect(try !isMatch(program, "place = 'cellar'", message))
    }

    @Test(arguments: MartletProgram.all) func `the article's faults are faults`(_ program: MartletProgram) throws {
        let rows = try rows("| condition | fault |")
        #expect(rows.count > 5)
        for row in rows {
            let result = try runProgram(program.command + ["route", "FROM /* WHERE \(row.expression) INTO $upstream"])
            #expect(result.code == 2 && result.errors.contains(row.value), "\(row.expression): \(result.errors)")
        }
    }

    @Test(arguments: MartletProgram.all) func `the article's commands print what stands below them`(_ program: MartletProgram) throws {
        let lines = try #require(try blocks("").first { $0.hasPrefix("$ ") }).split(separator: "\n").map { String($0) }
        var commands = 0
        for (index, line) in lines.enumerated() where line.hasPrefix("$ ") {
            commands += 1
            let script = "martlet() { \(program.command.joined(separator: " ")) \"$@\"; }\n" + line.dropFirst(2)
            let result = try runProgram(["/bin/bash", "-c", script])
            let expected = lines[index + 1].components(separatedBy: "…")[0]
            #expect((result.output + result.errors).hasPrefix(expected), "\(line): \(result.output)\(result.errors)")
        }
        #expect(commands == 3)
    }

    @Test(arguments: MartletProgram.all) func `the article's routes are those of a manifest`(_ program: MartletProgram) throws {
        let folder = TemporaryFolder()
        let routes = try #require(try blocks("json").first { $0.hasPrefix("\"routes\"") })
        let path = try folder.write(
            #"""
            {"device": {"id": "Hannover01"}, "modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", "modules": {}}},
              "$edgeHub": {"properties.desired": {"schemaVersion": "1.1", \#(routes), "storeAndForwardConfiguration": {"timeToLiveSecs": 1}}}}}
            """#, to: "device.json")
        let check = try runProgram(program.command + ["check", path])
        #expect(check.code == 0, "\(check.errors)")
    }
}
