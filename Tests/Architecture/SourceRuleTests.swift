import Foundation
import Testing

@Suite struct `Source rules` {
    @Test func `files are short`() throws {
        for file in try Repository.swiftFiles(below: "Sources") + Repository.swiftFiles(below: "Tests") {
            #expect(file.lines.count < 400, "\(file.path) has \(file.lines.count) lines: one type a file; a facet goes to Type+Facet.swift")
        }
    }

    @Test func `nothing in the product ends the process, hides an error or sleeps`() throws {
        let banned = [
            "fatalError(": "input never ends the host; a programmer's error is a precondition",
            "try!": "errors are handled or thrown on",
            "sleep(": "there is one thread, and only its loop sleeps",
            "print(": "results and log lines have their own writers",
        ]
        for file in try Repository.swiftFiles(below: "Sources") {
            for line in file.code {
                for (call, why) in banned where Self.calls(call, in: line.text) {
                    Issue.record("\(file.path):\(line.number) has \(call) but \(why)")
                }
            }
        }
    }

    @Test func `every public type and function says what it is`() throws {
        for file in try Repository.swiftFiles(below: "Sources") {
            for declaration in file.undocumented {
                Issue.record("\(file.path):\(declaration.number) has no doc comment: \(declaration.text)")
            }
        }
    }

    @Test func `the scanner finds what has no comment`() {
        let text = """
            /// A thing.
            @frozen
            public struct A {
                public let field: Int
                public static func bare() {}
                /// Documented.
                public mutating func told() {}
                public mutating func told(_ again: Int) {}
                public static func == (left: A, right: A) -> Bool { true }
            }
            public final class B {}
            """
        #expect(SourceFile(path: "Sources/X/A.swift", text: text).undocumented.map(\.number) == [5, 11])
    }

    @Test func `the scanner finds calls`() {
        #expect(Self.calls("sleep(", in: "usleep(10)") && Self.calls("print(", in: "  print(x)"))
        #expect(
            !Self.calls("print(", in: "blueprint(x)") && !Self.calls("print(", in: "out.print(x)")
                && !Self.calls("sleep(", in: "x.sleep(1)"))
    }

    /// Whether a line calls a free function of that name, or one of C's that ends so (usleep, nanosleep).
    private static func calls(_ call: String, in line: Substring) -> Bool {
        guard let range = line.range(of: call) else { return false }
        let name = line[..<range.lowerBound].reversed().prefix { $0.isLetter || $0 == "." }
        return name.isEmpty || call == "sleep(" && ["u", "onan"].contains(String(name))
    }
}
