import Foundation

/// A file of Swift, by lines.
struct SourceFile {
    /// From the root of the package, for example `Sources/UV/Loop.swift`.
    let path: String
    let lines: [Substring]

    init(_ path: String) throws {
        self.init(path: path, text: try String(contentsOf: Repository.root.appendingPathComponent(path), encoding: .utf8))
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Lines of code with their numbers from 1, indentation dropped: no comments, no empty lines.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().map { (number: $0.offset + 1, text: $0.element.drop { $0 == " " }) }
            .filter { !$0.text.isEmpty && !$0.text.hasPrefix("//") }
    }

    /// What the file imports.
    var imports: [(number: Int, module: String)] {
        code.compactMap { line in
            let words = line.text.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    $0.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains($0)
                })
            else { return nil }
            return (number: line.number, module: String(words[index + 1]))
        }
    }

    /// Public types and functions without a doc comment. One comment serves all of a name in a file: overloads, and the default of
    /// what a protocol asks for. Fields and initializers whose names say it all may do without, and so may operators and `hash`.
    var undocumented: [(number: Int, text: Substring)] {
        var told: Set<Substring> = ["hash"]
        return code.filter { line in
            guard let name = declaredName(line.text), name.first.map({ $0.isLetter || $0 == "_" || $0 == "`" }) == true else {
                return false
            }
            let above = lines[..<(line.number - 1)].reversed().map { $0.drop { $0 == " " } }.first { !$0.hasPrefix("@") } ?? ""
            if above.hasPrefix("///") { told.insert(name) }
            return line.text.hasPrefix("public ") && !told.contains(name)
        }
    }

    /// The name of the type or function that a line declares.
    private func declaredName(_ line: Substring) -> Substring? {
        let words = line.split(separator: " ")
        let modifiers = ["public", "static", "final", "mutating", "consuming", "borrowing", "indirect", "override", "nonisolated"]
        guard let index = words.firstIndex(where: { !modifiers.contains(String($0)) }), index + 1 < words.count,
            ["struct", "enum", "class", "protocol", "func", "typealias"].contains(words[index])
        else { return nil }
        return words[index + 1].prefix { $0 != "(" && $0 != "<" && $0 != ":" }
    }
}
