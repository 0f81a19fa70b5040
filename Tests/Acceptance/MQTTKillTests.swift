import Foundation
import TestSupport
import Testing

/// `kill -9` of the host and of its MQTT clients, beside ledgers of what each was told.
struct MQTTKillTests {
    private func ledger(_ host: Host, _ what: String, _ name: String, over place: String, file: String) throws -> SpawnedProgram {
        try SpawnedProgram(
            [ClientPython.python, ClientPython.file("ledger.py"), what, place, host.folder.path("ca.pem")]
                + [try host.connectionString(name), host.folder.path(file)], folder: host.folder.path)
    }

    private func lines(_ host: Host, _ file: String) -> [String] {
        // What follows the last line end was cut off by a kill.
        let text = (try? String(contentsOfFile: host.folder.path(file), encoding: .utf8)) ?? ""
        return text[..<(text.lastIndex(of: "\n") ?? text.startIndex)].split(separator: "\n").map { String($0) }
    }

    private func device(_ program: MartletProgram) throws -> Host {
        let host = try MQTTClients.host(program) {
            // Between two clients, by way of the disk; and as much as comes.
            $0.routes["across"] = [
                "route": "FROM /messages/modules/honest/outputs/out INTO BrokeredEndpoint(\"/modules/hostile/inputs/in\")",
                "persistence": "disk",
            ]
        }
        try host.trustBundle()
        return host
    }

    private func wait(_ host: Host, _ file: String, past count: Int) throws {
        try host.waitUntil { lines(host, file).count > count }
    }

    /// Every number that `sent` has is in `received`, in order where it came first, and twice only with DUP or after a kill.
    private func compare(_ host: Host, kills: Int) throws {
        let sent = lines(host, "sent").compactMap { Int($0) }
        let last = try #require(sent.last)
        try host.waitUntil { lines(host, "received").contains { $0.split(separator: " ").first.flatMap { Int($0) } == last } }
        let received = lines(host, "received").compactMap { $0.split(separator: " ").first.flatMap { Int($0) } }
        var seen = Set<Int>()
        var (newest, repeated) = (-1, 0)
        for number in received {
            if seen.insert(number).inserted {
                #expect(number > newest, "\(number) came after \(newest)")
                newest = max(newest, number)
            } else {
                repeated += 1
            }
        }
        #expect(Set(sent).isSubset(of: seen), "lost: \(Set(sent).subtracting(seen).sorted().prefix(10))")
        // What is under way when somebody is killed, on both sides: a window each.
        #expect(repeated <= kills * (50 + 256), "\(repeated)")
        #expect(sent.count > 10 * kills)
    }

    @Test(arguments: MartletProgram.all) func `what was acknowledged arrives, however often the host is killed, and sessions stay`(
        _ program: MartletProgram
    ) throws {
        let host = try device(program)
        let receiver = try ledger(host, "receive", "hostile", over: host.mqttSocket, file: "received")
        try receiver.output.line(holding: "subscribed")
        let sender = try ledger(host, "send", "honest", over: host.address, file: "sent")
        let kills = program.isEmbedded ? 12 : 6
        for _ in 0..<kills {
            let count = lines(host, "sent").count
            try wait(host, "sent", past: count + Int.random(in: 20...200))
            #expect(try host.end(SIGKILL) == .signal(SIGKILL))
            try host.launch()
        }
        try wait(host, "sent", past: lines(host, "sent").count + 20)
        sender.signal(SIGKILL)
        _ = try sender.waitForEnd()
        try compare(host, kills: kills)
        // It has asserted at each connection that its session was there.
        #expect(receiver.errors.lines.isEmpty)
        receiver.signal(SIGKILL)
        #expect(try receiver.waitForEnd() == .signal(SIGKILL))
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `what was not acknowledged comes again to a client that was killed`(_ program: MartletProgram)
        throws
    {
        let host = try device(program)
        var receiver = try ledger(host, "receive", "hostile", over: host.address, file: "received")
        try receiver.output.line(holding: "subscribed")
        var sender = try ledger(host, "send", "honest", over: host.mqttSocket, file: "sent")
        let kills = program.isEmbedded ? 12 : 6
        for round in 0..<kills {
            try wait(host, "received", past: lines(host, "received").count + Int.random(in: 20...200))
            if round % 2 == 0 {
                receiver.signal(SIGKILL)
                _ = try receiver.waitForEnd()
                receiver = try ledger(host, "receive", "hostile", over: host.address, file: "received")
            } else {
                sender.signal(SIGKILL)
                _ = try sender.waitForEnd()
                sender = try ledger(host, "send", "honest", over: host.mqttSocket, file: "sent")
            }
        }
        try wait(host, "sent", past: lines(host, "sent").count + 20)
        sender.signal(SIGKILL)
        _ = try sender.waitForEnd()
        try compare(host, kills: kills)
        #expect(try host.end() == .exit(0))
    }
}
