import HTTP
import JSON

extension Command {
    static var twin: Command {
        Command(
            name: "twin", synopsis: "[NAME] [--desired JSON] [--tags JSON] [--replace] [--if-match ETAG] | [NAME] --pending",
            summary: "Prints the twin of a module, of a downstream device, or of the device",
            details: """
                NAME is a module, or /devices/ID a downstream device.
                With --desired or --tags it merges a patch, as the cloud would, and prints the new twin: null deletes a member, '-' reads
                the patch from standard input. With --replace the JSON is what shall be there as a whole.
                A "$version" in the desired properties is the version that they must still have.
                """,
            operandCount: 0...1,
            options: [
                Option(name: "desired", value: "JSON", summary: "a patch of the desired properties"),
                Option(name: "tags", value: "JSON", summary: "a patch of the tags"),
                Option(name: "replace", summary: "puts the JSON in place of what is there"),
                Option(name: "if-match", value: "ETAG", summary: "change nothing unless this is the twin's etag"),
                Option(name: "pending", summary: "reported properties that no cloud has taken yet"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let name = try arguments.name()
            let change = try twinChange(arguments)
            let host = try HostConnection(arguments)
            var path = try host.twinPath(name)
            guard let change else {
                if arguments.has("pending") { path.append("pending") }
                return try show(try host.askJSON(HTTPRequest(.get, path: path)))
            }
            var request = HTTPRequest(arguments.has("replace") ? .put : .patch, path: path)
            request.headers.add("Content-Type", "application/json")
            if let etag = arguments.value("if-match") { request.headers.add("If-Match", quoted(etag)) }
            request.body = JSON.object(change).bytes()
            return try show(try host.askJSON(request))
        }
    }

    /// The body of the request; nil: nothing is to be changed.
    private static func twinChange(_ arguments: Arguments) throws(CommandFailure) -> JSONObject? {
        var body = JSONObject()
        if let desired = try section("desired", arguments) { body["properties"] = ["desired": .object(desired)] }
        if let tags = try section("tags", arguments) { body["tags"] = .object(tags) }
        guard body.isEmpty else {
            if arguments.has("pending") { throw .usage("--pending shows something and changes nothing: leave out --desired and --tags") }
            return body
        }
        for option in ["if-match", "replace"] where arguments.has(option) {
            throw .usage("--\(option) has a meaning together with --desired or --tags only")
        }
        return nil
    }

    private static func section(_ option: String, _ arguments: Arguments) throws(CommandFailure) -> JSONObject? {
        guard let text = arguments.value(option) else { return nil }
        guard let object = try Arguments.json(text, "--\(option)").object else { throw .invalid("--\(option) is not a JSON object") }
        return object
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
