extension Command {
    static var version: Command {
        Command(name: "version", synopsis: "", summary: "Says version, build mode and the version of the module ABI") {
            (arguments) throws(CommandFailure) in
            try Output.write("martlet \(Version.text) (\(Version.build)), module ABI \(Version.abi)\n")
            return ExitCode.done
        }
    }
}
