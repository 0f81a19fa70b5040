import JSON

/// Collects what is found while a manifest is read. Only the reading thread holds it.
final class Findings {
    /// As many are listed; a manifest with more is hostile or another kind of file.
    static let maximum = 1000

    private(set) var all: [Finding] = []
    private(set) var errors = 0
    var hasErrors: Bool { errors > 0 }

    func add(_ severity: Finding.Severity, _ path: JSONPath, _ message: Text) {
        if severity == .error { errors += 1 }
        if all.count < Findings.maximum {
            all.append(Finding(severity, .path(path), message))
        } else if all.count == Findings.maximum {
            all.append(Finding(.note, .path(.root), "more was found and is not listed"))
        }
    }
}
