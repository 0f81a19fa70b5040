import Foundation
import TestSupport
import Testing

/// A host in a folder of its own, used as people use it: a manifest, `martlet run`, and the other commands beside it.
final class Host {
    let program: MartletProgram
    let folder: TemporaryFolder
    var manifest: Manifest
    /// Of the host that is started next, beside what every program gets.
    var environment: [String: String] = [:]
    private(set) var process: SpawnedProgram?

    /// Writes the manifest and the module files; nothing runs yet.
    /// - Parameter images: files that are copied into `modules/` under their own names.
    init(_ program: MartletProgram, _ manifest: Manifest, images: [String] = []) throws {
        self.program = program
        self.manifest = manifest
        folder = TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("modules"), withIntermediateDirectories: true)
        for image in images { try install(image) }
        try writeManifest()
    }

    deinit {
        process?.signal(SIGKILL)
        _ = try? process?.waitForEnd()
    }

    // MARK: - Files

    var manifestPath: String { folder.path("device.json") }

    func writeManifest() throws {
        try folder.write(try manifest.text, to: "device.json")
    }

    /// Copies a file into the modules folder; one that is there is replaced as a package manager does, by a rename.
    func install(_ path: String, as name: String? = nil) throws {
        let name = name ?? URL(fileURLWithPath: path).lastPathComponent
        let (new, place) = (folder.path("new-" + name), folder.path("modules/" + name))
        try FileManager.default.copyItem(atPath: path, toPath: new)
        guard rename(new, place) == 0 else { throw Late("rename \(place): errno \(errno)") }
    }

    /// Compiles a library into the modules folder. Returns its path.
    @discardableResult
    func install(library source: String, as name: String) throws -> String {
        let compiler = TemporaryFolder()
        try install(try compileSharedLibrary(source: source, named: name, in: compiler))
        return folder.path("modules/" + name)
    }

    /// Writes a script into the modules folder.
    func install(script: String, as name: String) throws {
        let new = try folder.write(script, to: "new-" + name)
        chmod(new, 0o755)
        guard rename(new, folder.path("modules/" + name)) == 0 else { throw Late("rename \(name): errno \(errno)") }
    }

    // MARK: - The host

    /// Starts the host and waits until each of the modules runs.
    func start(_ modules: String...) throws {
        try launch()
        for module in modules { try log(holding: "agent: \(module) running") }
    }

    /// Starts the host without waiting for anything.
    /// - Parameter options: of `martlet run`.
    func launch(_ options: String...) throws {
        process = try SpawnedProgram(program.command + ["run", manifestPath] + options, environment: environment, folder: folder.path)
    }

    private var running: SpawnedProgram {
        get throws {
            guard let process else { throw Late("the host was not started") }
            return process
        }
    }

    /// Waits for a line of the host's log.
    @discardableResult
    func log(from: Int = 0, holding part: String) throws -> Int {
        try running.errors.line(from: from, holding: part).next
    }

    @discardableResult
    func log(from: Int = 0, where matches: (String) -> Bool) throws -> (text: String, next: Int) {
        try running.errors.line(from: from, where: matches)
    }

    /// How many lines the log has: a place to wait from.
    var logEnd: Int { process?.errors.lines.count ?? 0 }

    var logLines: [String] { process?.errors.lines ?? [] }

    /// Waits until the management socket answers and knows the modules.
    func waitUntilAnswering() throws {
        try waitUntil {
            let list = try martlet("list", "--json")
            return try list.code == 0 && JSONValue(parsing: list.output).array.count == manifest.modules.count
        }
    }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM) throws -> ProgramEnd {
        let running = try running
        running.signal(signal)
        let end = try running.waitForEnd()
        process = nil
        return end
    }

    func waitForEnd() throws -> ProgramEnd { try running.waitForEnd() }

    // MARK: - Commands

    /// Runs `martlet` with `MARTLET_RUNTIME` at this host.
    func martlet(_ arguments: [String], input: String = "") throws -> ProgramResult {
        try runProgram(
            program.command + arguments, input: Array(input.utf8), environment: ["MARTLET_RUNTIME": folder.path("run")], folder: folder.path
        )
    }

    func martlet(_ arguments: String..., input: String = "") throws -> ProgramResult {
        try martlet(arguments, input: input)
    }

    /// The output of a command that must succeed, as JSON.
    func json(_ arguments: String..., input: String = "") throws -> JSONValue {
        let result = try martlet(arguments, input: input)
        guard result.code == 0 else { throw Late("martlet \(arguments): \(result.end): \(result.errors)") }
        return try JSONValue(parsing: result.output)
    }

    /// A command that goes on, such as `logs -f`.
    func follow(_ arguments: String...) throws -> SpawnedProgram {
        try SpawnedProgram(program.command + arguments, environment: ["MARTLET_RUNTIME": folder.path("run")], folder: folder.path)
    }

    /// A row of `martlet list --json`.
    func module(_ name: String) throws -> JSONValue {
        guard let row = try json("list", "--json").array.first(where: { $0["name"].string == name }) else {
            throw Late("martlet list has no \(name)")
        }
        return row
    }

    /// Asks again until it holds.
    func waitUntil(_ holds: () throws -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: Transcript.patience)
        while try !holds() {
            guard Date() < deadline else { throw Late("it did not come to hold; the log:\n" + logLines.joined(separator: "\n")) }
        }
    }

    /// Asks again until it holds.
    func module(_ name: String, until holds: (JSONValue) -> Bool) throws -> JSONValue {
        let deadline = Date(timeIntervalSinceNow: Transcript.patience)
        while true {
            let row = try module(name)
            if holds(row) { return row }
            guard Date() < deadline else { throw Late("\(name) is \(row.raw ?? "nothing")") }
        }
    }

    /// The payload that a direct method answered with 200.
    func invoke(_ module: String, _ method: String, _ payload: String = "null") throws -> JSONValue {
        let answer = try json("invoke", module, method, payload)
        guard answer["status"].int == 200 else { throw Late("\(module) \(method): \(answer.raw ?? "nothing")") }
        return answer["payload"]
    }

    /// The messages that wait for the cloud.
    func upstreamLength() throws -> Int {
        try json("queues", "--json").array.filter { $0["endpoint"].string == "$upstream" }.compactMap { $0["length"].int }.reduce(0, +)
    }

    // MARK: - HTTP

    /// What curl says of a request to the management socket.
    func http(_ method: String, _ path: String, body: String? = nil, headers: [String] = []) throws -> (
        status: Int, body: JSONValue, text: String
    ) {
        var arguments = ["/usr/bin/curl", "-sS", "-X", method, "--unix-socket", folder.path("run/management.sock"), "-w", "\n%{http_code}"]
        for header in headers { arguments += ["-H", header] }
        if let body { arguments += ["-H", "Content-Type: application/json", "--data-binary", body] }
        let result = try runProgram(arguments + ["http://localhost\(path)"])
        guard result.code == 0, let cut = result.output.lastIndex(of: "\n"), let status = Int(result.output[cut...].dropFirst()) else {
            throw Late("curl \(path): \(result.end): \(result.errors)")
        }
        let text = String(result.output[..<cut])
        return (status, (try? JSONValue(parsing: text)) ?? JSONValue(nil), text)
    }
}
