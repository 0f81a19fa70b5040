import Foundation
import TestSupport
import Testing

/// What a host bears from MQTT clients, over TLS and over its socket: what Tests/Clients/hostile.py sends is wrong, and its witness, who is
/// connected all the while, sends and gets as ever.
struct MQTTFaultTests {
    private func run(_ program: MartletProgram, _ scenario: String, _ more: (Host) throws -> [String] = { _ in [] }) throws -> Host {
        let host = try MQTTClients.host(program)
        try hostile(host, scenario, try more(host))
        return host
    }

    private func hostile(_ host: Host, _ scenario: String, _ more: [String]) throws {
        let arguments =
            [scenario, host.mqttSocket, host.address, try host.trustBundle()]
            + [try host.connectionString("honest"), try host.connectionString("hostile")] + more
        let result = try runProgram([ClientPython.python, ClientPython.file("hostile.py")] + arguments, folder: host.folder.path)
        try #require(result.code == 0, "\(result.errors)\n\(host.logLines.suffix(20).joined(separator: "\n"))")
    }

    /// Nobody notices, and the log can be read: short lines, few of them, no secret.
    private func compare(_ host: Host, lines: ClosedRange<Int>) throws {
        let said = host.logLines.filter { $0.contains("] mqtt: ") }
        #expect(lines.contains(said.count), "\(said.count) lines: \(said.prefix(5))")
        for line in said {
            #expect(line.utf8.count < 1000, "\(line.prefix(300))…")
            #expect(!line.contains("sig=") && !line.contains("SharedAccessKey"), "\(line)")
        }
        let keys = try ["honest", "hostile"].map {
            try host.connectionString($0).components(separatedBy: "SharedAccessKey=")[1].prefix { $0 != ";" }
        }
        #expect(!host.logLines.contains { line in keys.contains { line.contains($0) } })
        #expect(try host.json("list", "--json").array.count == 2)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `what is no CONNECT, or a wrong one, is refused`(_ program: MartletProgram) throws {
        let host = try run(program, "before")
        let refusals = try host.metric("martlet_mqtt_refusals_total")
        #expect(refusals >= 60)
        try compare(host, lines: 1...60)
    }

    @Test(arguments: MartletProgram.all) func `what breaks a rule ends the connection of who sent it`(_ program: MartletProgram) throws {
        let host = try run(program, "after")
        let violations = try host.metric("martlet_mqtt_violations_total")
        #expect(violations >= 80)
        // Nothing that was not acknowledged has had an effect.
        #expect(try host.upstreamLength() == 0)
        try compare(host, lines: 1...60)
    }

    @Test(arguments: MartletProgram.all) func `packets may come in any pieces`(_ program: MartletProgram) throws {
        let host = try run(program, "bytewise")
        #expect(try host.upstreamLength() == 400)
        try compare(host, lines: 0...10)
    }

    @Test(arguments: MartletProgram.all) func `a token of somebody else, of another hub, changed or expired opens nothing`(
        _ program: MartletProgram
    ) throws {
        let host = try run(program, "tokens") { host in
            [try host.connectionString(), try host.connectionString("honest"), try host.outsider("third")]
        }
        let refusals = try host.metric("martlet_mqtt_refusals_total")
        #expect(refusals >= 30)
        try compare(host, lines: 1...60)
    }

    @Test(arguments: MartletProgram.all) func `a token of an identity that was made anew is worth nothing`(_ program: MartletProgram) throws
    {
        let host = try MQTTClients.host(program)
        let token = try host.token("hostile")
        let before = try host.connectionString("hostile")
        #expect(try host.http("DELETE", "/devices/Hannover01/modules/hostile").status == 204)
        try host.waitUntil {
            let now = try host.martlet("identity", "hostile", "--connection-string")
            return now.code == 0 && !now.output.hasPrefix(before)
        }
        try hostile(host, "replay", [token])
        try compare(host, lines: 1...10)
    }

    @Test(arguments: MartletProgram.all) func `nobody publishes or subscribes for somebody else`(_ program: MartletProgram) throws {
        let host = try run(program, "others")
        #expect(try host.upstreamLength() == 0)
        try compare(host, lines: 1...60)
    }

    @Test(arguments: MartletProgram.all) func `subscriptions that mean nothing have no effect`(_ program: MartletProgram) throws {
        try compare(try run(program, "meaningless"), lines: 1...30)
    }

    @Test(arguments: MartletProgram.all) func `a packet id that is used twice is two messages`(_ program: MartletProgram) throws {
        try compare(try run(program, "duplicates"), lines: 0...10)
    }

    @Test(arguments: MartletProgram.all) func `the newest connection of an identity has it`(_ program: MartletProgram) throws {
        let host = try run(program, "takeover")
        let takeovers = try host.metric("martlet_mqtt_takeovers_total")
        #expect(takeovers >= 99)
        try compare(host, lines: 1...30)
    }

    @Test(arguments: MartletProgram.all) func `thousands who do not say who they are cost nothing that stays`(_ program: MartletProgram)
        throws
    {
        let host = try run(program, "flood") { ["\(try #require($0.process?.pid))"] }
        try compare(host, lines: 1...60)
    }

    @Test(arguments: MartletProgram.all) func `who sends a byte now and then is not waited for`(_ program: MartletProgram) throws {
        let host = try run(program, "slow") { ["\(try #require($0.process?.pid))"] }
        try compare(host, lines: 1...30)
    }

    @Test(arguments: MartletProgram.all) func `who reads nothing holds up himself alone`(_ program: MartletProgram) throws {
        let host = try run(program, "unread") { ["\(try #require($0.process?.pid))"] }
        try compare(host, lines: 0...30)
    }

    @Test(arguments: MartletProgram.all) func `what is no TLS, or was changed on its way, ends there`(_ program: MartletProgram) throws {
        let host = try run(program, "broken_tls") { ["\(try #require($0.process?.pid))"] }
        try compare(host, lines: 1...60)
    }
}
