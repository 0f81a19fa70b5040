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
                A state that cannot be used stops the start; the host never begins anew by itself. --reset-state sets what is there aside
                beside it, without a loss, says where, and begins anew: without twins, identities and messages that waited. Give it once,
                by hand; in a unit file it would begin anew at every start.
                """,
            operandCount: 1...1,
            options: [
                .modules, .state, .runtimeOfHost, .resetState,
            ]
        ) { (arguments) throws(CommandFailure) in
            runDevice(
                manifestPath: arguments.operands[0],
                overrides: DirectoryOverrides(
                    modules: arguments.folder(.modules), state: arguments.folder(.state), runtime: arguments.folder(.runtimeOfHost)),
                resetsState: arguments.has(Option.resetState.name))
        }
    }
}

extension Option {
    static var modules: Option { Option(name: "modules", value: "DIR", summary: "where module files are (host.modulesDirectory)") }
    fileprivate static var state: Option {
        Option(name: "state", value: "DIR", summary: "what must survive a restart (host.stateDirectory)")
    }
    static var resetState: Option {
        Option(name: "reset-state", summary: "set the state that is there aside and begin anew")
    }
    fileprivate static var runtimeOfHost: Option { Option(name: "runtime", value: "DIR", summary: "for sockets (host.runtimeDirectory)") }
}

extension Arguments {
    /// Absolute; nil: it was not given.
    func folder(_ option: Option) -> Text? { value(option.name).map { Text(Files.absolute($0)) } }
}
