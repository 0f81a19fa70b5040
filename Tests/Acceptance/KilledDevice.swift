import Foundation
import TestSupport
import Testing

/// A device whose twins are changed from all sides until it is killed, and whose state is compared at each start with what was
/// acknowledged: by the management socket over several connections at once, and by a module for what it reported. Identities come and go.
final class KilledDevice {
    let writers: [TwinWriter]
    let identities = IdentityWriter()
    let reports: ReportLedger
    private let host: Host
    private var generations: [String: String] = [:]
    private static let paths = ["/twins/Hannover01", "/twins/Hannover01/modules/reporter"]

    init(_ program: MartletProgram) throws {
        var manifest = Manifest()
        manifest.executable("reporter", "reporter", ["settings": ["args": ["ledger"]]])
        host = try Host(program, manifest, images: [try Images.reporter])
        reports = ReportLedger(host.folder.path("modules/ledger"))
        // Two change the same twin.
        writers = [
            TwinWriter(Self.paths[0], key: "w0"), TwinWriter(Self.paths[1], key: "w1"), TwinWriter(Self.paths[1], key: "w2"),
        ]
    }

    /// After some acknowledged changes, and some time, in the middle of whatever comes then.
    func killWhileWriting() throws {
        try startAndCheck()
        let tally = startWriters()
        try tally.wait(for: Int.random(in: 0...40))
        spin(upTo: 0.002)
        try host.end(SIGKILL)
        try tally.waitForWriters()
    }

    /// Somewhere between its first instruction and its modules' start.
    func killWhileStarting() throws {
        try host.launch()
        spin(upTo: 0.015)
        try host.end(SIGKILL)
    }

    /// In the middle of an orderly end, under load.
    func killWhileEnding() throws {
        try startAndCheck()
        let tally = startWriters()
        try tally.wait(for: 5)
        host.process?.signal(SIGTERM)
        spin(upTo: 0.003)
        try host.end(SIGKILL)
        try tally.waitForWriters()
    }

    private func startWriters() -> Tally {
        let runs = writers.map { $0.run } + [identities.run]
        let tally = Tally(writers: runs.count)
        for run in runs {
            Thread.detachNewThread { [socket] in
                run(socket, tally)
                tally.writerEnded()
            }
        }
        return tally
    }

    func endInOrder() throws {
        try startAndCheck()
        #expect(try host.end() == .exit(0))
        try startAndCheck()
        #expect(try host.end() == .exit(0))
    }

    private var socket: String { host.folder.path("run/management.sock") }

    /// A moment that nobody chose.
    private func spin(upTo seconds: Double) {
        let end = ProcessInfo.processInfo.systemUptime + Double.random(in: 0...seconds)
        while ProcessInfo.processInfo.systemUptime < end {}
    }

    private func startAndCheck() throws {
        try reports.read()
        let before = reports.last
        try host.start("reporter")
        guard let client = ManagementClient(socket) else { throw Late("nobody listens on \(socket)") }
        func get(_ path: String) throws -> JSONValue {
            guard let answer = client.ask("GET", path), answer.status == 200 else { throw Late("GET \(path) was not answered") }
            return answer.json
        }
        for path in Self.paths {
            let (twin, own) = (try get(path), writers.filter { $0.path == path })
            for writer in own { writer.compare(twin) }
            // Each accepted change counts once, and nothing else does.
            let changes = own.map { $0.acknowledged }.reduce(0, +)
            #expect(twin["properties"]["desired"]["$version"].int == 1 + changes)
        }
        try identities.compare(client)
        for identity in try get("/identities")["identities"].array {
            let name = try #require(identity["moduleId"].string)
            #expect(generations[name] == nil || generations[name] == identity["generationId"].string)
            if !name.hasPrefix("x") { generations[name] = identity["generationId"].string }
        }
        #expect(generations["reporter"] != nil)
        let reported = try get(Self.paths[1])["properties"]["reported"]
        try reports.read()
        let number = reported["n"].int ?? 0
        #expect(number >= before.number, "reported is \(number); \(before.number) was acknowledged")
        #expect(number <= reports.sent)
        #expect((reported["copy"].int ?? 0) == number)
        #expect(reported["$version"].int == 1 + number)
        #expect(reported["$version"].int ?? 0 >= before.version)
    }
}
