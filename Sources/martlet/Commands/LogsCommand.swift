import HTTP
import JSON

extension Command {
    static var logs: Command {
        Command(
            name: "logs", synopsis: "NAME [-f] [--tail N]", summary: "Prints a module's own output", operandCount: 1...1,
            options: [
                Option(name: "follow", letter: UInt8(ascii: "f"), summary: "go on with what the module writes"),
                Option(name: "tail", value: "N", summary: "begin with the last N lines; all: with everything that is kept"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            var query: [RequestTarget.QueryItem] = []
            if arguments.has("follow") { query.append(RequestTarget.QueryItem(name: "follow", value: "true")) }
            if let tail = arguments.value("tail"), Text(tail) != "all" {
                guard let count = Int(tail), count >= 0 else {
                    throw .invalid("--tail is \(Text(tail).quoted): a number of lines or all is expected")
                }
                query.append(RequestTarget.QueryItem(name: "tail", value: "\(count)"))
            }
            let request = HTTPRequest(.get, path: ["modules", Text(arguments.operands[0]), "logs"], query: query)
            _ = try HostConnection(arguments).stream(request) { (bytes) throws(CommandFailure) in
                try Output.write(bytes)
                return true
            }
            return ExitCode.done
        }
    }
}
