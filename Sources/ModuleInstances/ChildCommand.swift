import CPOSIX
import JSON

/// The hidden commands under which the program runs as a child of the host.
public enum ChildCommand {
    /// `launch PARENT LIMITS FILE NAME ARGUMENT…`: becomes FILE. For LIMITS see `ChildLimits`.
    static let launch = "launch"
    /// `instance PARENT LIMITS`: runs a library or functions for the host.
    static let instance = "instance"
    /// `inspect`: loads the image that standard input names and says what is wrong with it.
    static let inspect = "inspect"

    /// Runs one of these commands; nil: it is none of them. Users do not call them, so wrong usage is not explained.
    public static func run(_ arguments: [String]) -> Int32? {
        switch arguments.first.map({ Text($0) }) {
        case Text(launch):
            guard arguments.count >= 5, let host = Int32(arguments[1]), let limits = ChildLimits(argument: arguments[2]) else { return 2 }
            limits.apply()
            return start(host: host, file: arguments[3], arguments: Array(arguments[4...]))
        case Text(instance):
            guard arguments.count == 3, let host = Int32(arguments[1]), let limits = ChildLimits(argument: arguments[2]) else { return 2 }
            limits.apply()
            return InstanceChild.run(host: host)
        case Text(inspect):
            return ImageInspection.run()
        default:
            return nil
        }
    }

    /// Makes this process end when the host does, however the host ends. False: the host is gone already.
    static func endWithHost(_ host: Int32) -> Bool {
        martlet_end_with_parent(SIGKILL) == 0 && getppid() == host
    }

    /// Becomes the program `file`, under the name `arguments[0]`. Returns only if that fails: the exit code, as of a shell.
    private static func start(host: Int32, file: String, arguments: [String]) -> Int32 {
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
