import Foundation
import TestSupport
import Testing

/// Eclipse Paho over TLS, as a module of the device.
@Suite(.enabled(if: ClientPython.isThere, ClientPython.comment))
struct PahoTests {
    private func host(_ program: MartletProgram) throws -> Host {
        let host = try MQTTClients.host(program)
        try host.trustBundle()
        return host
    }

    private func paho(_ host: Host, _ scenario: String) throws {
        let result = try runProgram(
            [ClientPython.path, ClientPython.file("paho_client.py"), scenario, host.address, host.folder.path("ca.pem")]
                + [try host.connectionString("hostile")])
        #expect(result.code == 0, "\(result.errors)\n\(host.logLines.suffix(20).joined(separator: "\n"))")
    }

    @Test(arguments: MartletProgram.all) func `Paho sends, receives, and has its twin`(_ program: MartletProgram) throws {
        let host = try host(program)
        try paho(host, "talk")
        #expect(try host.json("twin", "hostile")["properties"]["reported"].text.contains(#""by":"paho""#))
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a session stays until a clean one comes`(_ program: MartletProgram) throws {
        try paho(try host(program), "session")
    }

    @Test(arguments: MartletProgram.all) func `a will is sent for who goes without a word`(_ program: MartletProgram) throws {
        let host = try host(program)
        let monitor = try host.follow("monitor", "--output", "hostile/will", "--count", "1", "--timeout", "60")
        // The monitor listens once it has been answered.
        try host.waitUntil {
            try paho(host, "will")
            return !monitor.output.lines.isEmpty
        }
        let message = try JSONValue(parsing: monitor.output.lines[0])
        #expect(message["bodyText"].string == "gone")
        #expect(message["properties"]["iothub-MessageType"].string == "Will")
        #expect(try host.module("hostile")["status"].string == "stopped")
    }

    @Test(arguments: MartletProgram.all) func `a refused client is told why`(_ program: MartletProgram) throws {
        let host = try host(program)
        try paho(host, "refused")
        let refusals = try host.metric("martlet_mqtt_refusals_total")
        #expect(refusals == 5)
    }
}
