import HTTP
import JSON
import ModuleIdentities
import UV

extension Command {
    static var identity: Command {
        Command(
            name: "identity", synopsis: "[NAME] [--create | --delete | --connection-string | --token SECONDS] [--json]",
            summary: "Lists the identities of modules and devices, makes and deletes them",
            details: """
                NAME is a module, or /devices/ID a device. Without NAME it shows all; with --connection-string or --token no NAME is the
                device itself.
                --json, --connection-string and --token print secrets: who has them can act as that module.
                Deleting an identity deletes its keys and its twin. A module of the manifest gets a new one at once and restarts.
                """,
            operandCount: 0...1,
            options: [
                Option(name: "create", summary: "make the identity NAME, with a twin and derived keys"),
                Option(name: "delete", summary: "delete the identity NAME with its twin"),
                Option(name: "connection-string", summary: "print what a program connects with"),
                Option(name: "token", value: "SECONDS", summary: "print a SAS token that is good for so long"),
                Option(name: "json", summary: "everything that is known, with the keys"), .runtime,
            ]
        ) { (arguments) throws(CommandFailure) in
            let chosen = ["create", "delete", "connection-string", "token"].filter { arguments.has($0) }
            if chosen.count > 1 { throw .usage("--\(chosen[0]) and --\(chosen[1]) do not go together") }
            let name = try arguments.name()
            let seconds = try arguments.number("token", 1...Self.longestTokenSeconds)
            guard let action = chosen.first else { return try show(name, arguments) }
            if arguments.has("json") && Text(action) != "create" { throw .usage("--json and --\(action) do not go together") }
            if let seconds { return try Output.write(try token(name, arguments, seconds: Int64(seconds)), ExitCode.done) }
            if Text(action) == "connection-string" { return try Output.write(try connectionString(name, arguments), ExitCode.done) }
            guard let name else { throw .usage("--\(action) needs a NAME") }
            return try Text(action) == "create" ? create(name, arguments) : delete(name, arguments)
        }
    }

    /// Ten years, longer than most devices live without a new token.
    private static let longestTokenSeconds = 315_360_000

    // MARK: - Show, create, delete

    private static func show(_ name: Text?, _ arguments: Arguments) throws(CommandFailure) -> Int32 {
        let host = try HostConnection(arguments)
        let device = try host.device()
        if let name { return try show(try host.askJSON(HTTPRequest(.get, path: try registryPath(device.id, name))), arguments) }
        var all = try host.askJSON(HTTPRequest(.get, path: ["devices", device.id, "modules"])).array ?? []
        for other in try host.askJSON(HTTPRequest(.get, path: ["devices"])).array ?? [] where other["deviceId"]?.string != device.id {
            all.append(other)
        }
        return try show(.array(all), arguments)
    }

    private static func show(_ answer: JSON, _ arguments: Arguments) throws(CommandFailure) -> Int32 {
        if arguments.has("json") { return try Output.write(answer.pretty + "\n", ExitCode.done) }
        var table = Table(["NAME", "AUTHENTICATION", "MANAGED BY", "GENERATION"])
        for entry in answer.array ?? [answer] {
            let name = entry["moduleId"].map { cell($0) } ?? "/devices/" + cell(entry["deviceId"])
            table.add([name] + [entry["authentication"]?["type"], entry["managedBy"], entry["generationId"]].map { cell($0) })
        }
        return try Output.write(table.text, ExitCode.done)
    }

    private static func create(_ name: Text, _ arguments: Arguments) throws(CommandFailure) -> Int32 {
        let host = try HostConnection(arguments)
        var request = HTTPRequest(.put, path: try registryPath(try host.device().id, name))
        request.headers.add("Content-Type", "application/json")
        request.body = JSON.object([:]).bytes()
        return try show(try host.askJSON(request), arguments)
    }

    private static func delete(_ name: Text, _ arguments: Arguments) throws(CommandFailure) -> Int32 {
        let host = try HostConnection(arguments)
        _ = try host.ask(HTTPRequest(.delete, path: try registryPath(try host.device().id, name), headers: ["If-Match": "*"]))
        return ExitCode.done
    }

    private static func registryPath(_ device: Text, _ name: Text?) throws(CommandFailure) -> [Text] {
        guard let name else { return ["devices", device] }
        if let id = try HostConnection.deviceID(name) { return ["devices", id] }
        return ["devices", device, "modules", name]
    }

    private static func identity(_ device: Text, _ name: Text?) throws(CommandFailure) -> ModuleIdentity {
        if let name, let id = try HostConnection.deviceID(name) { return ModuleIdentity(deviceID: id) }
        return ModuleIdentity(deviceID: device, moduleID: name)
    }

    // MARK: - Secrets

    private static func token(_ name: Text?, _ arguments: Arguments, seconds: Int64) throws(CommandFailure) -> String {
        let host = try HostConnection(arguments)
        let device = try host.device()
        let key = try primaryKey(host, device.id, name)
        let nowMs = WallClock.nowMs
        guard nowMs >= PlausibleClock.sinceMs else {
            throw .failed("the clock of this machine says that 2020 is still to come: set it first, a token has an end in time")
        }
        let resource: Text = "\(device.hubHostName)\(try identity(device.id, name).path)"
        return SharedAccessSignature.make(resource: resource, key: key, expiry: nowMs / 1000 + seconds).string + "\n"
    }

    private static func connectionString(_ name: Text?, _ arguments: Arguments) throws(CommandFailure) -> String {
        let host = try HostConnection(arguments)
        let device = try host.device()
        let key = try primaryKey(host, device.id, name)
        return ConnectionString(
            hostName: device.hubHostName, identity: try identity(device.id, name), credential: .key(key),
            gatewayHostName: device.gatewayHostName
        ).text.string + "\n"
    }

    /// From the service API.
    private static func primaryKey(_ host: HostConnection, _ device: Text, _ name: Text?) throws(CommandFailure) -> [UInt8] {
        let entry = try host.askJSON(HTTPRequest(.get, path: try registryPath(device, name)))
        guard let text = entry["authentication"]?["symmetricKey"]?["primaryKey"]?.string, let key = Base64.decode(text) else {
            throw .failed("\((name ?? device).quoted) has no keys: its authentication is of type \(cell(entry["authentication"]?["type"]))")
        }
        return key
    }
}
