import HTTP
import JSON

extension Command {
    static var invoke: Command {
        Command(
            name: "invoke", synopsis: "NAME METHOD [JSON] [--timeout S] [--connect-timeout S]",
            summary: "Calls a direct method of a module, of a device, or of '$edgeAgent'",
            details: """
                Prints {"status":…,"payload":…} as the module answered. Exit 0 says that the call itself worked, whatever the status.
                JSON is the payload, '-' reads it from standard input. A module that does not run is waited for with --connect-timeout.
                /devices/ID is a downstream device, or this one. '$edgeAgent', in quotes for the shell, has ping, RestartModule and GetModuleLogs.
                """,
            operandCount: 2...3,
            options: [
                Option(name: "timeout", value: "S", summary: "seconds to wait for the answer, up to 300; default 30"),
                Option(name: "connect-timeout", value: "S", summary: "whole seconds to wait for the module to run, up to 300; default 0"),
                .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let name = try arguments.name()
            let timeoutMs = try arguments.milliseconds("timeout", upToSeconds: 300) ?? 30_000
            var body: JSONObject = ["methodName": .string(Text(arguments.operands[1]))]
            if arguments.operands.count > 2 { body["payload"] = try Arguments.json(arguments.operands[2], "the payload") }
            // IoT Hub's API takes 5 s and more, in whole seconds; what is shorter is measured here.
            body["responseTimeoutInSeconds"] = .integer(Int64(max(5, (timeoutMs + 999) / 1000)))
            let connectSeconds = try arguments.number("connect-timeout", 0...300) ?? 0
            body["connectTimeoutInSeconds"] = .integer(Int64(connectSeconds))
            let host = try HostConnection(arguments)
            var request = HTTPRequest(.post, path: try host.twinPath(name) + ["methods"])
            request.headers.add("Content-Type", "application/json")
            request.body = JSON.object(body).bytes()
            let isExact = timeoutMs >= 5000 && timeoutMs % 1000 == 0
            let answer = try host.askJSON(request, timeoutMs: isExact ? nil : timeoutMs + UInt64(connectSeconds) * 1000)
            try Output.write(answer.text + "\n")
            return ExitCode.done
        }
    }
}
