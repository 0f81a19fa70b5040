import Deployment
import JSON

/// Validates a manifest and says all that is wrong with it.
/// - Parameter modules: the absolute folder of the images, where it is not the manifest's.
/// - Returns: the exit code: 0 where it can be run, 2 where it cannot.
func checkManifest(path: String, modules: Text?) -> Int32 {
    let manifest = ManifestFile(path: path, overrides: DirectoryOverrides(modules: modules))
    let findings: [Finding]
    switch manifest.read() {
    case .failure(let error): findings = error.findings + (error.deployment.map { ImageCheck($0).findings() } ?? [])
    case .success(let deployment): findings = deployment.notes + ImageCheck(deployment).findings()
    }
    for finding in findings { Output.error("\(finding.severity.word): \(manifest.line(finding))\n") }
    let errors = findings.count { $0.severity == .error }
    let warnings = findings.count { $0.severity == .warning }
    let printed = Output.result("\(manifest.path): \(errors) errors, \(warnings) warnings\n")
    return errors > 0 ? ExitCode.invalid : printed
}

extension Finding.Severity {
    fileprivate var word: String {
        switch self {
        case .error: "error"
        case .warning: "warning"
        case .note: "note"
        }
    }
}
