import JSON
import ModuleInstances

/// The command line as a whole: finds the command and tells what went wrong.
enum Program {
    /// The arguments of `main`, which the environment follows: to start the same once more.
    nonisolated(unsafe) static var start: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

    /// - Parameter arguments: without the program's name.
    /// - Returns: the exit code.
    static func run(_ arguments: [String]) -> Int32 {
        guard let first = arguments.first else {
            Output.error(help)
            return ExitCode.invalid
        }
        if let code = ChildCommand.run(arguments) { return code }
        switch Text(first) {
        case "--help", "-h": return Output.result(help)
        case "--version": return run(["version"])
        case "help":
            if arguments.count > 1 { return run([arguments[1], "--help"]) }
            return Output.result(help)
        default: break
        }
        guard let command = Command.all.first(where: { Text($0.name) == Text(first) }) else {
            let kind = Text(first).hasPrefix("-") ? "option" : "command"
            Output.error("martlet: there is no \(kind) \(Text(first).quoted)\nTry 'martlet --help'.\n")
            return ExitCode.invalid
        }
        do throws(CommandFailure) {
            return try run(command, Array(arguments.dropFirst()))
        } catch {
            if let message = error.message { Output.error("martlet \(command.name): \(message)\n") }
            if error.isUsage { Output.error("Try 'martlet \(command.name) --help'.\n") }
            return error.exitCode
        }
    }

    private static func run(_ command: Command, _ arguments: [String]) throws(CommandFailure) -> Int32 {
        let parsed = try Arguments(parsing: arguments, command: "martlet \(command.name)", options: command.allOptions)
        if parsed.has("help") { return Output.result(command.help) }
        guard command.operandCount.contains(parsed.operands.count) else {
            throw .usage(parsed.operands.count < command.operandCount.lowerBound ? "too few arguments" : "too many arguments")
        }
        return try command.run(parsed)
    }

    private static var help: String {
        var text = """
            Usage: martlet COMMAND [ARGUMENT]...

            Runs Azure IoT Edge style modules on this machine, without containers.


            """
        for command in Command.all { text += Table.padded("  \(command.name)", to: 12) + "\(command.summary)\n" }
        text += """

            'martlet COMMAND --help' says more. Commands about a running host find it through --runtime DIR or the environment
            variable MARTLET_RUNTIME; else they look into ./run and then into /run/martlet.
            Exit codes: 0 done, 1 failed, 2 wrong usage or invalid input, 3 no host is running there.

            """
        return text
    }
}
