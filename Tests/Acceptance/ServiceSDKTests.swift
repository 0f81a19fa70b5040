import Foundation
import TestSupport
import Testing

/// Microsoft's service SDK against the HTTPS port: the policy that the manifest names, and others.
@Suite(.enabled(if: ClientPython.isThere, ClientPython.comment))
struct ServiceSDKTests {
    private static let key = Data(repeating: 7, count: 32).base64EncodedString()

    private func host(_ program: MartletProgram, policy: [String: Any]?) throws -> Host {
        var manifest = Host.manifest(at: try Loopback.address())
        manifest.executable("sdk", "sdk", ["settings": ["protocol": "edge"]])
        manifest.desired["sdk"] = ["limit": 7]
        // The service SDK takes one name for both: where it connects, and the hub that its token is for.
        manifest.device["hubHostName"] = manifest.device["gatewayHostName"]
        manifest.host["sharedAccessPolicy"] = policy
        let host = try Host(program, manifest)
        try host.install(script: try ClientPython.program("sdk_client.py"), as: "sdk")
        try host.start("sdk")
        try host.waitUntil { try host.json("twin", "sdk")["connectionState"].string == "Connected" }
        return host
    }

    private func service(_ host: Host, _ scenario: String, name: String = "iothubowner", key: String = key) throws -> ProgramResult {
        let connection = "HostName=\(host.address);SharedAccessKeyName=\(name);SharedAccessKey=\(key)"
        return try runProgram(
            [ClientPython.path, ClientPython.file("service.py"), scenario, connection, "Hannover01", "sdk"],
            environment: ["REQUESTS_CA_BUNDLE": try host.trustBundle()])
    }

    @Test(arguments: MartletProgram.all) func `the service SDK has twins, methods and the registry`(_ program: MartletProgram) throws {
        let host = try host(program, policy: ["key": Self.key])
        try host.waitUntilCalled("sdk")
        let result = try service(host, "all")
        #expect(result.code == 0, "\(result.errors)")
        #expect(try host.json("twin", "sdk")["properties"]["desired"]["only"].int == 1)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a wrong key, another policy or none of them come to nothing`(_ program: MartletProgram)
        throws
    {
        let host = try host(program, policy: ["name": "service", "key": Self.key])
        let wrong = Data(repeating: 8, count: 32).base64EncodedString()
        for (name, key) in [("service", wrong), ("iothubowner", Self.key)] {
            let result = try service(host, "denied", name: name, key: key)
            #expect(result.code == 0, "\(result.errors)")
        }
        // Without a policy nobody has the service API; taken out while the host runs.
        host.manifest.host["sharedAccessPolicy"] = nil
        let from = host.logEnd
        try host.writeManifest()
        try host.log(from: from, holding: "the manifest changed")
        try host.waitUntil { try service(host, "denied", name: "service").code == 0 }
        #expect(try host.json("twin", "sdk")["properties"]["desired"]["limit"].int == 7)
        #expect(!host.logLines.contains { $0.contains("sig=") || $0.contains(Self.key) || $0.contains(wrong) })
    }
}
