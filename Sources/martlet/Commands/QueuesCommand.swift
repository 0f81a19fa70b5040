import HTTP
import JSON

extension Command {
    static var queues: Command {
        Command(
            name: "queues", synopsis: "[--json]", summary: "Lists the queues and what waits in them",
            details: "OLDEST is the age of the oldest message in seconds; DROPPED counts per reason.",
            options: [Option(name: "json", summary: "as a JSON array"), .runtime]
        ) { (arguments) throws(CommandFailure) in
            let answer = try HostConnection(arguments).askJSON(HTTPRequest(.get, path: ["queues"]))
            if arguments.has("json") {
                try Output.write(answer.pretty + "\n")
                return ExitCode.done
            }
            var table = Table(["ENDPOINT", "PRIORITY", "LENGTH", "BYTES", "OLDEST", "DROPPED"])
            for queue in answer.array ?? [] {
                let numbers = (["endpoint", "priority", "length", "bytes"] as [Text]).map { cell(queue[$0]) }
                table.add(numbers + [age(queue["oldestAgeMs"]), dropped(queue["dropped"])])
            }
            try Output.write(table.text)
            return ExitCode.done
        }
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
