import HTTP
import JSON

extension Command {
    static var queues: Command {
        Command(
            name: "queues", synopsis: "[--json] [--modules]", summary: "Lists the queues and what waits in them",
            details: """
                OLDEST is the age of the oldest message in seconds; DELIVERED and DROPPED count since the host runs, dropped per reason. Below
                them is what each module and device has sent, and what of it no route took.
                """,
            options: [
                Option(name: "json", summary: "as a JSON array"),
                Option(name: "modules", summary: "only what modules and devices have sent"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let host = try HostConnection(arguments)
            let areModules = arguments.has("modules")
            if arguments.has("json") {
                let answer = try host.askJSON(HTTPRequest(.get, path: areModules ? ["queues", "modules"] : ["queues"]))
                try Output.write(answer.pretty + "\n")
                return ExitCode.done
            }
            if !areModules {
                var table = Table(["ENDPOINT", "PRIORITY", "PERSISTENCE", "LENGTH", "BYTES", "OLDEST", "DELIVERED", "DROPPED"])
                for queue in try host.askJSON(HTTPRequest(.get, path: ["queues"])).array ?? [] {
                    let numbers = (["endpoint", "priority", "persistence", "length", "bytes"] as [Text]).map { cell(queue[$0]) }
                    table.add(numbers + [age(queue["oldestAgeMs"]), cell(queue["delivered"]), dropped(queue["dropped"])])
                }
                try Output.write(table.text + "\n")
            }
            var table = Table(["MODULE", "RECEIVED", "DROPPED"])
            for module in try host.askJSON(HTTPRequest(.get, path: ["queues", "modules"])).array ?? [] {
                table.add([sender(module), cell(module["received"]), dropped(module["dropped"])])
            }
            try Output.write(table.text)
            return ExitCode.done
        }
    }

    /// A module by its name, a device by its path.
    static func sender(_ entry: JSON) -> String {
        entry["device"].map { "/devices/" + cell($0) } ?? cell(entry["module"])
    }

    private static func age(_ value: JSON?) -> String {
        guard let ms = value?.integer, ms >= 0 else { return "" }
        return "\(ms / 1000).\(ms % 1000 / 100)"
    }

    private static func dropped(_ value: JSON?) -> String {
        guard let reasons = value?.object else { return cell(value) }
        var text = ""
        for reason in reasons where reason.value != 0 {
            if !text.utf8.isEmpty { text += " " }
            text += "\(reason.key)=\(reason.value.text)"
        }
        return text.utf8.isEmpty ? "0" : text
    }
}
