import CPOSIX
import Files

extension Command {
    static var sdk: Command {
        Command(
            name: "sdk", synopsis: "[--include | --cflags]", summary: "Says where the module header is and how to compile a module",
            details: "  cc $(martlet sdk --cflags) -o libexample.so example.c",
            options: [
                Option(name: "include", summary: "the folder of martlet.h only"), Option(name: "cflags", summary: "the flags only"),
            ]
        ) { (arguments) throws(CommandFailure) in
            let folder = try headerFolder()
            let flags = "-I\(folder) -fPIC -shared -fvisibility=hidden"
            if arguments.has("include") {
                try Output.write(folder + "\n")
            } else if arguments.has("cflags") {
                try Output.write(flags + "\n")
            } else {
                try Output.write("include  \(folder)\ncflags   \(flags)\n")
            }
            return ExitCode.done
        }
    }

    /// Installed it is `include` beside `bin`; in the source tree `Sources/CMartlet` somewhere above the program.
    private static func headerFolder() throws(CommandFailure) -> String {
        let program = try programPath()
        var folder = Files.parent(program)
        while let current = folder {
            for candidate in ["include", "include/martlet", "Sources/CMartlet"] {
                let path = Files.join(current, candidate)
                if Files.exists(Files.join(path, "martlet.h")) { return path }
            }
            let next = Files.parent(current)
            folder = next.map { $0.utf8.count < current.utf8.count } == true ? next : nil
        }
        throw .failed("martlet.h is neither in include beside the folder of \(program) nor in a source tree around it")
    }

    private static func programPath() throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw .failed("/proc/self/exe: \(SystemError.text(martlet_errno()))") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
