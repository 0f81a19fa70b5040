import HTTP
import JSON

extension Command {
    static var twin: Command {
        Command(
            name: "twin", synopsis: "[NAME] [--desired JSON [--if-match ETAG]]",
            summary: "Prints the twin of a module, or of the device",
            details: """
                With --desired it merges a patch into the desired properties, as the cloud would, and prints the new twin: null deletes
                a property, '-' reads the patch from standard input.
                """,
            operandCount: 0...1,
            options: [
                Option(name: "desired", value: "JSON", summary: "a patch of the desired properties"),
                Option(name: "if-match", value: "ETAG", summary: "change nothing unless this is the twin's etag"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            guard let patch = arguments.value("desired") else {
                if arguments.has("if-match") { throw .usage("--if-match has a meaning together with --desired only") }
                let host = try HostConnection(arguments)
                return try show(try host.askJSON(HTTPRequest(.get, path: try host.twinPath(arguments.text(0)))))
            }
            guard let desired = try Arguments.json(patch, "--desired").object else {
                throw .invalid("--desired is not a JSON object")
            }
            let host = try HostConnection(arguments)
            var request = HTTPRequest(.patch, path: try host.twinPath(arguments.text(0)))
            request.headers.add("Content-Type", "application/json")
            if let etag = arguments.value("if-match") { request.headers.add("If-Match", quoted(etag)) }
            request.body = (["properties": ["desired": .object(desired)]] as JSON).bytes()
            return try show(try host.askJSON(request))
        }
    }

    private static func show(_ twin: JSON) throws(CommandFailure) -> Int32 {
        try Output.write(twin.pretty + "\n")
        return ExitCode.done
    }

    /// As HTTP wants an etag; with or without its quotes on the command line.
    private static func quoted(_ etag: String) -> Text {
        Text(etag) == "*" || Text(etag).hasPrefix("\"") ? Text(etag) : "\"\(etag)\""
    }
}
