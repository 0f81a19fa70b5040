import JSON
import Messages

extension Command {
    static var route: Command {
        Command(
            name: "route", synopsis: "ROUTE [--device ID]", summary: "Tries a route: which messages of standard input it wants",
            details: """
                Standard input has a message as JSON a line, as 'martlet monitor' prints them: module, output, properties,
                systemProperties and body. For each line it prints 'match' or 'no-match', or 'invalid' for what is no message, with the
                reason on standard error. A message of the module $edgeHub stands for a change of reported properties. Exit 2 where the
                route does not compile, or a line was invalid.
                """,
            operandCount: 1...1,
            options: [Option(name: "device", value: "ID", summary: "what $connectionDeviceId is; default: device")]
        ) { (arguments) throws(CommandFailure) in
            var trial = RouteTrial(try route(arguments.operands[0]), device: Text(arguments.value("device") ?? "device"))
            try Input.lines { (line) throws(CommandFailure) in
                if let answer = trial.answer(line) { try Output.write(answer + "\n") }
            }
            return trial.hasFailed ? ExitCode.invalid : ExitCode.done
        }
    }

    private static func route(_ text: String) throws(CommandFailure) -> Route {
        do throws(RouteError) {
            return try Route.parse(Text(text)) { Output.error("martlet route: warning: \($0.description)\n") }
        } catch {
            throw .invalid(error.description)
        }
    }
}
