import HTTP
import JSON

extension Command {
    static var restart: Command { control("restart", "Restarts a module") }
    static var stop: Command { control("stop", "Stops a module; it stays stopped until it is started, or the manifest changes") }
    static var start: Command { control("start", "Starts a module that was stopped or has failed") }

    private static func control(_ verb: String, _ summary: String) -> Command {
        Command(name: verb, synopsis: "NAME", summary: summary, operandCount: 1...1, options: [.runtime]) {
            (arguments) throws(CommandFailure) in
            let name = Text(arguments.operands[0])
            let answer = try HostConnection(arguments).ask(HTTPRequest(.post, path: ["modules", name, Text(verb)]))
            if answer.status == 304 { Output.error("martlet \(verb): there was nothing to do for \(name.quoted)\n") }
            return ExitCode.done
        }
    }
}
