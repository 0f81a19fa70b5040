import Deployment

/// Runs the device of a manifest until it is told to stop.
/// - Parameter overrides: absolute folders that win over the manifest's.
/// - Returns: the exit code.
func runDevice(manifestPath: String, overrides: DirectoryOverrides) -> Int32 {
    Output.error("martlet run: not there yet\n")
    return ExitCode.failed
}
