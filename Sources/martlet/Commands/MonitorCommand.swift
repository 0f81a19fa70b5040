import HTTP
import JSON

extension Command {
    static var monitor: Command {
        Command(
            name: "monitor", synopsis: "[--output NAME/OUTPUT] [--count N] [--timeout S]",
            summary: "Prints messages as they are routed, one JSON line each",
            details: """
                Without --output it shows what goes to $upstream; --output NAME shows every output of a module, and
                --output /devices/ID what a device sends. It runs until it is
                interrupted, N messages came or S seconds are over. Exit 1 where fewer than N came.
                """,
            options: [
                Option(name: "output", value: "NAME/OUTPUT", summary: "what this output sends"),
                Option(name: "count", letter: UInt8(ascii: "n"), value: "N", summary: "end after N messages"),
                Option(name: "timeout", value: "S", summary: "end after S seconds"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let count = try arguments.number("count", 1...1_000_000_000)
            let timeoutMs = try arguments.milliseconds("timeout", upToSeconds: 1_000_000)
            var query: [RequestTarget.QueryItem] = []
            if let output = arguments.value("output") {
                if let id = try HostConnection.deviceID(Text(output)) {
                    query.append(RequestTarget.QueryItem(name: "device", value: id))
                } else {
                    let (module, name) = try endPoint(output, "NAME/OUTPUT")
                    query.append(RequestTarget.QueryItem(name: "module", value: module))
                    if let name { query.append(RequestTarget.QueryItem(name: "output", value: name)) }
                }
            }
            var lines = Lines(limit: count ?? .max)
            let host = try HostConnection(arguments)
            let isLate = try host.stream(HTTPRequest(.get, path: ["messages"], query: query), timeoutMs: timeoutMs) {
                (bytes) throws(CommandFailure) in
                let whole = lines.take(bytes)
                if !whole.isEmpty { try Output.write(whole) }
                return lines.count < lines.limit
            }
            if let count, lines.count < count {
                throw .failed("\(lines.count) of \(count) messages came before the \(isLate ? "time was over" : "host ended")")
            }
            return ExitCode.done
        }
    }

    /// Cuts a stream into lines and counts them.
    private struct Lines {
        let limit: Int
        private(set) var count = 0
        private var rest: [UInt8] = []

        init(limit: Int) {
            self.limit = limit
        }

        /// The lines that are complete, up to the limit.
        mutating func take(_ bytes: [UInt8]) -> [UInt8] {
            var whole: [UInt8] = []
            for byte in bytes where count < limit {
                rest.append(byte)
                guard byte == UInt8(ascii: "\n") else { continue }
                whole += rest
                rest = []
                count += 1
            }
            return whole
        }
    }
}
