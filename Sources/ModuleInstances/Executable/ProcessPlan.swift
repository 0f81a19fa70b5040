import JSON

/// Everything that is needed to start one child process.
struct ProcessPlan {
    /// The program to run.
    var file: String
    /// Its name first.
    var arguments: [String]
    /// `NAME=value`
    var environment: [String]
    /// The value of `MARTLET_INSTANCE` in the environment, of this start alone.
    var marker: String
    var workingDirectory: String
    /// Whether standard input and output carry a protocol; else standard output is log.
    var speaksStdio: Bool
}
