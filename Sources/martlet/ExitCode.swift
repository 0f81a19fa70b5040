enum ExitCode {}
