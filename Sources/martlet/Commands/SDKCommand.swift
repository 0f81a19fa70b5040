import CPOSIX
import Files

extension Command {
    static var sdk: Command {
        Command(
            name: "sdk", synopsis: "[--include | --cflags | --swift]",
            summary: "Says where the module header is and how to compile a module",
            details: "  cc $(martlet sdk --cflags) -o libexample.so example.c",
            options: [
                Option(name: "include", summary: "the folder of martlet.h only"), Option(name: "cflags", summary: "the flags only"),
                Option(name: "swift", summary: "the folder of the Swift package with MartletModule only"),
            ]
        ) { (arguments) throws(CommandFailure) in
            let header = try folder("include", "Sources/CMartlet", holding: "martlet.h")
            if arguments.has("include") {
                try Output.write(header + "\n")
                return ExitCode.done
            }
            let flags = "-I\(header) -fPIC -shared -fvisibility=hidden"
            if arguments.has("cflags") {
                try Output.write(flags + "\n")
                return ExitCode.done
            }
            let package = try folder("share/martlet/swift", ".", holding: "Sources/MartletModule/Module.swift")
            if arguments.has("swift") {
                try Output.write(package + "\n")
                return ExitCode.done
            }
            try Output.write(
                """
                include  \(header)
                cflags   \(flags)
                swift    \(package)

                C        cc $(martlet sdk --cflags) -o libexample.so example.c
                C++      c++ $(martlet sdk --cflags) -o libexample.so example.cpp
                Swift    .package(name: "martlet", path: "\(package)") and its product MartletModule
                Rust     \(header)/martlet.rs

                """)
            return ExitCode.done
        }
    }

    /// Installed it is beside `bin`; in the source tree somewhere above the program.
    private static func folder(_ installed: String, _ source: String, holding file: String) throws(CommandFailure) -> String {
        let program = try programPath()
        var folder = Files.parent(program)
        while let current = folder {
            for name in [installed, source] {
                let path = name.utf8.count == 1 ? current : Files.join(current, name)
                if Files.exists(Files.join(path, file)) { return path }
            }
            let next = Files.parent(current)
            folder = next.map { $0.utf8.count < current.utf8.count } == true ? next : nil
        }
        throw .failed("\(file) is neither in \(installed) beside the folder of \(program) nor in a source tree around it")
    }

    private static func programPath() throws(CommandFailure) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { throw .failed("/proc/self/exe: \(SystemError.text(martlet_errno()))") }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
