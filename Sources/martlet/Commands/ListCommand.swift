import HTTP
import JSON

extension Command {
    static var list: Command {
        Command(
            name: "list", synopsis: "[--json]", summary: "Lists the modules and how they are",
            options: [Option(name: "json", summary: "everything that is known, as a JSON array"), .runtime]
        ) { (arguments) throws(CommandFailure) in
            let answer = try HostConnection(arguments).askJSON(HTTPRequest(.get, path: ["device", "modules"]))
            if arguments.has("json") {
                try Output.write(answer.pretty + "\n")
                return ExitCode.done
            }
            var table = Table(["NAME", "STATUS", "DESCRIPTION", "IMAGE"])
            for module in sorted(answer.array ?? []) {
                table.add(["name", "status", "description", "image"].map { cell(module[$0]) })
            }
            try Output.write(table.text)
            return ExitCode.done
        }
    }

    private static func sorted(_ modules: [JSON]) -> [JSON] {
        modules.inOrder { ($0["name"]?.string ?? "") < ($1["name"]?.string ?? "") }
    }

    /// A value in a table: strings without their quotes, nothing for null.
    @inline(never)
    static func cell(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        return value.string?.string ?? value.text
    }
}
