import Deployment
import Files
import JSON
import ModuleInstances

/// Its parts hold each other. With this, a leak checker sees that they are wanted to the end.
nonisolated(unsafe) private var running: Device?

/// Runs the device of a manifest until it is told to stop.
/// - Parameters:
///   - overrides: absolute folders that win over the manifest's.
///   - resetsState: begins with an empty state; the one that is there is set aside.
/// - Returns: the exit code.
func runDevice(manifestPath: String, overrides: DirectoryOverrides, resetsState: Bool) -> Int32 {
    let log = Log(part: "host")
    let manifest = ManifestFile(path: manifestPath, overrides: overrides)
    switch manifest.read() {
    case .failure(let error):
        for finding in error.findings where finding.severity == .error { log.error(manifest.line(finding)) }
        return ExitCode.invalid
    case .success(let deployment):
        for finding in deployment.notes where finding.severity == .warning { log.warning(manifest.line(finding)) }
        ChildLimits.raiseDescriptors()
        do throws(StartError) {
            log.info("martlet \(Version.text) starts device \(deployment.device.id) from \(manifest.path)")
            let device = try Device(manifest, deployment, resetsState: resetsState)
            running = device
            return try device.run()
        } catch {
            log.error(Text(error.reason))
            return ExitCode.failed
        }
    }
}
