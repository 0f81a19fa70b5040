import Deployment
import Files
import JSON

extension Command {
    static var run: Command {
        Command(
            name: "run", synopsis: "MANIFEST [OPTION]...", summary: "Runs the device of a manifest in the foreground",
            details: """
                Log lines go to standard error. SIGTERM or SIGINT stops the modules in order, flushes the queues and ends within 10 s.
                Changing the manifest while the host runs applies the difference. The options win over the manifest's own folders.
                """,
            operandCount: 1...1,
            options: [
                Option(name: "modules", value: "DIR", summary: "where module files are (host.modulesDirectory)"),
                Option(name: "state", value: "DIR", summary: "what must survive a restart (host.stateDirectory)"),
                Option(name: "runtime", value: "DIR", summary: "for sockets (host.runtimeDirectory)"),
            ]
        ) { (arguments) throws(CommandFailure) in
            let folder = { (option: String) in arguments.value(option).map { Text(Files.absolute($0)) } }
            return runDevice(
                manifestPath: arguments.operands[0],
                overrides: DirectoryOverrides(modules: folder("modules"), state: folder("state"), runtime: folder("runtime")))
        }
    }
}
