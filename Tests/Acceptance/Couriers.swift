import Foundation
import TestSupport
import Testing

/// Modules of `CourierSource` in a device of their own, one of each kind that sends and one that gets, and their ledgers.
final class Couriers {
    enum Kind: String, CaseIterable {
        case loop, thread, process, stdio
    }

    let host: Host
    /// By the name of the module.
    private(set) var ledgers: [String: DeliveryLedger] = [:]
    private var routes: [(from: String, to: String)] = []
    /// What was refused may have been stored all the same.
    var mayHoldRefused = false

    init(_ program: MartletProgram, host settings: Manifest.Object = [:]) throws {
        var manifest = Manifest()
        manifest.host.merge(settings) { $1 }
        host = try Host(program, manifest, images: [try Images.courier, try Images.courierProgram])
        try FileManager.default.createDirectory(atPath: host.folder.path("ledgers"), withIntermediateDirectories: true)
    }

    /// Adds a module, which is in the manifest from the next start on.
    /// - Parameters:
    ///   - most: how many messages it sends in one life.
    ///   - bytes: of each message, beside its number.
    func add(_ name: String, _ kind: Kind, most: Int = 0, window: Int = 16, bytes: Int = 0) throws {
        if kind == .stdio {
            host.manifest.executable(name, "courier")
        } else {
            host.manifest.library(name, "libcourier.so", ["settings": ["isolation": kind.rawValue]])
        }
        let path = host.folder.path("ledgers/" + name)
        host.manifest.desired[name] = ["name": name, "ledger": path, "most": most, "window": window, "bytes": bytes]
        ledgers[name] = DeliveryLedger(path)
        try host.writeManifest()
    }

    /// Adds a route from the output of one to an input of another.
    /// - Parameter to: a module; nil: the cloud.
    func route(_ from: String, to: String?, _ more: [String: Any] = ["persistence": "disk", "whenFull": "refuse"]) throws {
        let sink = to.map { "BrokeredEndpoint(\"/modules/\($0)/inputs/in\")" } ?? "$upstream"
        let route = "FROM /messages/modules/\(from)/outputs/out INTO \(sink)"
        host.manifest.routes["\(from)-\(to ?? "cloud")"] = more.merging(["route": route]) { $1 }
        if let to { routes.append((from: from, to: to)) }
        try host.writeManifest()
    }

    subscript(name: String) -> DeliveryLedger { ledgers[name] ?? DeliveryLedger(name) }

    func start() throws {
        for ledger in ledgers.values { try ledger.read() }
        try host.launch()
        var end = 0
        for _ in ledgers { end = try host.log(from: end) { $0.contains("agent: ") && $0.contains(" running (") }.next }
    }

    func kill() throws {
        try host.end(SIGKILL)
        for ledger in ledgers.values {
            try ledger.read()
            ledger.killed()
        }
    }

    /// Nothing is sent any more by what starts from now on.
    func silence() throws { for name in ledgers.keys { try send(name, most: 0) } }

    /// So many are sent by a module that starts from now on.
    func send(_ name: String, most: Int) throws {
        host.manifest.desired[name]?["most"] = most
        try host.writeManifest()
    }

    /// Rows of `martlet queues --json`.
    func queues(_ endpoint: String) throws -> [JSONValue] {
        try host.json("queues", "--json").array.filter { $0["endpoint"].string == endpoint }
    }

    func length(_ endpoint: String) throws -> Int { try queues(endpoint).compactMap { $0["length"].int }.reduce(0, +) }

    /// How many messages were dropped, of all queues and for all reasons.
    func dropped() throws -> Int {
        try host.json("queues", "--json").array.map { $0["dropped"] }.flatMap { counts in counts.keys.compactMap { counts[$0].int } }
            .reduce(0, +)
    }

    /// Waits until so many were accepted of what one sends to another, and all of it came.
    func waitForAll(_ count: Int, from: String, to: String) throws {
        let (sender, receiver) = (self[from], self[to])
        try host.waitUntil {
            try sender.read()
            try receiver.read()
            return sender.acknowledged.count == count && receiver.flows[from]?.numbers.count == count
        }
        receiver.expectAll(of: sender)
    }

    /// Waits until nothing waits for a module any more, and compares what came with what was sent.
    func drainAndCompare() throws {
        try host.waitUntil { try Set(routes.map { $0.to }).allSatisfy { try length($0 + "/in") == 0 } }
        for ledger in ledgers.values { try ledger.read() }
        for (from, to) in routes { self[to].expectAll(of: self[from], mayHoldRefused: mayHoldRefused) }
    }

    /// What waits for the cloud in a state of which no host runs, in its order: the numbers by their sender.
    private func upstream() throws -> [String: [Int]] {
        let script = """
            import glob, os, re, shutil, sqlite3
            shutil.rmtree('copy', ignore_errors=True)
            os.mkdir('copy')
            for file in glob.glob('state/martlet.db*'): shutil.copy(file, 'copy')
            rows = sqlite3.connect('copy/martlet.db').execute('''SELECT messages.body FROM messages JOIN queues ON queues.id = messages.key >> 43
                WHERE queues.endpoint = '$upstream' ORDER BY messages.key''')
            for body, in rows:
                found = re.search(rb'{"f":"([^"]*)","n":([0-9]+)', body)
                print(found[1].decode(), found[2].decode())
            """
        var found: [String: [Int]] = [:]
        for line in try host.python(script).split(separator: "\n") {
            let words = line.split(separator: " ")
            found[String(words[0]), default: []].append(Int(words[1]) ?? 0)
        }
        return found
    }

    /// Everything that these were told to be accepted waits for the cloud, once, in its order.
    func compareUpstream(_ senders: String...) throws {
        let found = try upstream()
        for sender in senders {
            let (there, ledger) = (found[sender] ?? [], self[sender])
            try ledger.read()
            ledger.expectAll(in: there, "$upstream", mayHoldRefused: mayHoldRefused)
            #expect(zip(there, there.dropFirst()).allSatisfy { $0 < $1 }, "\(sender): once each, in order")
        }
    }
}
