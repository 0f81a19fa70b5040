import Foundation
import TestSupport

/// Others' clients at the ports of a host.
extension Host {
    /// The manifest for ports at an address of the host's own. HTTPS serves modules only, unless a policy's key says otherwise.
    static func manifest(at address: String) -> Manifest {
        var manifest = Manifest()
        manifest.device["gatewayHostName"] = address
        manifest.host["listen"] = ["mqtts": "\(address):8883", "https": "\(address):443", "metrics": "\(address):9600"]
        return manifest
    }

    var address: String { manifest.device["gatewayHostName"] as? String ?? "" }

    /// The socket for MQTT without TLS.
    var mqttSocket: String { folder.path("run/mqtt.sock") }

    /// The file with the certificate that clients trust, as a user makes it.
    func trustBundle() throws -> String {
        let result = try martlet("certificate")
        guard result.code == 0 else { throw Late("martlet certificate: \(result.end): \(result.errors)") }
        return try folder.write(result.output, to: "ca.pem")
    }

    /// Makes an identity that is no module of the manifest. Returns its connection string.
    func outsider(_ name: String) throws -> String {
        let made = try martlet("identity", name, "--create")
        guard made.code == 0 else { throw Late("martlet identity \(name) --create: \(made.errors)") }
        return try connectionString(name)
    }

    func connectionString(_ name: String? = nil) throws -> String {
        let result = try martlet(["identity"] + (name.map { [$0] } ?? []) + ["--connection-string"])
        guard result.code == 0 else { throw Late("martlet identity --connection-string: \(result.errors)") }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// A token of an identity, valid for an hour.
    func token(_ name: String) throws -> String {
        let result = try martlet("identity", name, "--token", "3600")
        guard result.code == 0 else { throw Late("martlet identity --token: \(result.errors)") }
        return result.output.trimmingCharacters(in: .newlines)
    }

    /// A client of the device SDK beside the host.
    func sdkClient(_ connection: String, ttl: Int = 3600) throws -> SpawnedProgram {
        try SpawnedProgram(
            [ClientPython.path, ClientPython.file("sdk_client.py"), connection, try trustBundle()], environment: ["TTL": String(ttl)],
            folder: folder.path)
    }

    /// Waits until a client of `sdk_client.py` answers direct methods.
    func waitUntilCalled(_ client: String) throws {
        try waitUntil { try martlet("invoke", client, "echo", "1").code == 0 }
    }

    /// A counter of the metrics page, summed up over its labels.
    func metric(_ name: String) throws -> Double {
        let page = try runProgram(["/usr/bin/curl", "-sS", "http://\(address):9600/metrics"])
        guard page.code == 0 else { throw Late("metrics: \(page.errors)") }
        let rows = page.output.split(separator: "\n").filter { $0.hasPrefix(name + "{") || $0.hasPrefix(name + " ") }
        guard !rows.isEmpty else { throw Late("the metrics page has no \(name)") }
        return rows.compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}

/// What a script of Tests/Clients printed: a word, and JSON behind it.
extension Transcript {
    /// Waits for an event.
    /// - Parameter from: the index of the first line that counts.
    @discardableResult
    func event(_ name: String, from: Int = 0, where holds: (JSONValue) -> Bool = { _ in true }) throws -> (facts: JSONValue, next: Int) {
        var facts = JSONValue(nil)
        let next = try line(from: from, "the event \(name)") {
            guard $0.hasPrefix(name + " "), let value = try? JSONValue(parsing: String($0.dropFirst(name.count + 1))) else { return false }
            facts = value
            return holds(value)
        }.next
        return (facts, next)
    }
}
