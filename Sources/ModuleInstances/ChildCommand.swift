import CPOSIX

/// The hidden commands under which the program runs as a child of the host.
public enum ChildCommand {
    /// `launch PARENT FILE NAME ARGUMENT…`: becomes FILE.
    public static let launch = "launch"
    /// `functions PARENT`: runs a plain C library for the host.
    public static let functions = "functions"

    /// Makes this process end when the host does, however the host ends. False: the host is gone already.
    static func endWithHost(_ host: Int32) -> Bool {
        martlet_end_with_parent(SIGKILL) == 0 && getppid() == host
    }

    /// Becomes the program `file`, under the name `arguments[0]`. Returns only if that fails: the exit code, as of a shell.
    public static func launch(host: Int32, file: String, arguments: [String]) -> Int32 {
        guard endWithHost(host) else { return 1 }
        var pointers = arguments.map { strdup($0) }
        pointers.append(nil)
        execv(file, pointers)
        let code = martlet_errno()
        let line = "cannot run \(arguments.first ?? file): \(String(cString: strerror(code)))\n"
        _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        return code == ENOENT ? 127 : 126
    }
}
