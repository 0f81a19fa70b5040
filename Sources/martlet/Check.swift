/// Validates a manifest and says all that is wrong with it.
/// - Returns: the exit code: 0 where it can be run, 2 where it cannot.
func checkManifest(path: String) -> Int32 {
    Output.error("martlet check: not there yet\n")
    return ExitCode.failed
}
