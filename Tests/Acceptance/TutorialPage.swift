import Foundation

/// A page of documentation as what its reader does: files that are written, commands that are typed, output that is promised.
///
/// A block of code is a file if the text before it ends with the file's name, in backticks and with a colon; a block `sh` is typed;
/// a block `text` is what the commands before it say, where … stands for anything.
struct TutorialPage {
    enum Step {
        case file(name: String, content: String)
        case commands(String, output: [String])
    }

    private(set) var steps: [Step] = []

    init(_ name: String) throws {
        let path = MartletProgram.sources + "/Sources/MartletModule/MartletModule.docc/\(name).md"
        var language: String?
        var block: [String] = []
        var before = ""
        for line in try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n") {
            if let open = language {
                if line == "```" {
                    end(open, block, before)
                    (language, block, before) = (nil, [], "")
                } else {
                    block.append(line)
                }
            } else if line.hasPrefix("```") {
                language = String(line.dropFirst(3))
            } else if !line.isEmpty {
                before = line
            }
        }
    }

    private mutating func end(_ language: String, _ block: [String], _ before: String) {
        switch language {
        case "sh": steps.append(.commands(block.joined(separator: "\n"), output: []))
        case "text":
            guard case .commands(let commands, _)? = steps.popLast() else { return }
            steps.append(.commands(commands, output: block))
        default:
            guard before.hasSuffix("`:"), let name = before.dropLast(2).split(separator: "`").last else { return }
            steps.append(.file(name: String(name), content: block.joined(separator: "\n") + "\n"))
        }
    }

    /// Whether a line is what was promised.
    static func matches(_ line: String, _ promised: String) -> Bool {
        var rest = Substring(line)
        let pieces = promised.components(separatedBy: "…")
        for (index, piece) in pieces.enumerated() where !piece.isEmpty {
            guard let found = rest.range(of: piece), index > 0 || found.lowerBound == rest.startIndex else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.isEmpty || pieces.last == "" || line.hasSuffix(pieces.last ?? "")
    }

    /// Whether all that was promised is there, in its order.
    static func holds(_ lines: [String], _ promised: [String]) -> Bool {
        var left = lines[...]
        return promised.allSatisfy { line in
            guard let index = left.firstIndex(where: { matches($0, line) }) else { return false }
            left = left[(index + 1)...]
            return true
        }
    }
}
