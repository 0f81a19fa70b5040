import Foundation
import TestSupport

extension Host {
    /// Runs a Python script in the host's folder; what it prints, without the last line end.
    func python(_ script: String, _ arguments: String...) throws -> String {
        let result = try runProgram(["/usr/bin/env", "python3", "-c", script] + arguments, folder: folder.path)
        guard result.code == 0 else { throw Late("python: \(result.end): \(result.errors)") }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// The keys of a JSON object in their order, with those of objects in it behind a dot.
    func keys(_ text: String) throws -> [String] {
        let script = """
            import json, sys
            def walk(value, prefix):
                for key in value:
                    print(prefix + key)
                    if isinstance(value[key], dict): walk(value[key], prefix + key + ".")
            walk(json.loads(sys.argv[1]), "")
            """
        return try python(script, text).split(separator: "\n").map { String($0) }
    }
}
