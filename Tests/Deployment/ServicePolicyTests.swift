import Deployment
import JSON
import Testing

@Suite struct `The policy of the service API` {
    private static let key = "MDEyMzQ1Njc4OWFiY2RlZg=="
    private static let https = #""listen": {"https": "127.0.0.1:443"}"#

    @Test func `its name is iothubowner unless the manifest says another`() throws {
        let text = manifest(host: #""sharedAccessPolicy": {"key": "\#(Self.key)"}, \#(Self.https)"#)
        let policy = try read(text).get().host.sharedAccessPolicy
        #expect(policy == SharedAccessPolicy(name: "iothubowner", key: Array("0123456789abcdef".utf8)))
        #expect(findings(text) == [])
        let named = try read(manifest(host: #""sharedAccessPolicy": {"name": "ops", "key": "\#(Self.key)"}"#)).get()
        #expect(named.host.sharedAccessPolicy?.name == "ops")
        #expect(try read(manifest()).get().host.sharedAccessPolicy == nil)
    }

    @Test(arguments: [
        ("{}", #""key" is missing; write "key": "<base64>", made for example by openssl rand -base64 32"#, ""),
        (#"{"key": "c2hvcnQ="}"#, "the key is not base64 (RFC 4648, with padding) of 16 to 64 bytes", ".key"),
        (#"{"key": "no base64 at all"}"#, "the key is not base64 (RFC 4648, with padding) of 16 to 64 bytes", ".key"),
        (#"{"key": 123456}"#, "the key is not base64 (RFC 4648, with padding) of 16 to 64 bytes", ".key"),
        (
            #"{"name": "a b", "key": "MDEyMzQ1Njc4OWFiY2RlZg=="}"#,
            #""a b" is not the name of a policy; use 1 to 64 letters, digits, - and _"#, ".name"
        ),
    ])
    func `what is wrong with it, without its key`(policy: String, message: String, place: String) {
        let found = findings(manifest(host: #""sharedAccessPolicy": \#(policy), \#(Self.https)"#))
        #expect(found == ["error host.sharedAccessPolicy\(place): \(message)"])
        #expect(!found.contains { $0.contains("c2hvcnQ") || $0.contains("no base64") || $0.contains("123456") })
    }

    @Test func `without https nobody can use it`() {
        #expect(
            findings(manifest(host: #""sharedAccessPolicy": {"key": "\#(Self.key)"}"#)) == [
                #"warning host.sharedAccessPolicy: the service API is reached over HTTPS only, and host.listen.https is missing; write "https": "127.0.0.1:443" there"#
            ])
    }

    @Test func `its key is in no description`() {
        #expect("\(SharedAccessPolicy(key: Array("secretsecretsecret".utf8)))" == "the policy iothubowner")
    }

    @Test func `SDKs know one port for each protocol`() {
        let module = #""status": "running", "settings": {"image": "m", "protocol": "edge"}"#
        let agent = #""schemaVersion": "1.1", "modules": {"m": {"type": "executable", \#(module)}}"#
        #expect(findings(manifest(host: #""listen": {"mqtts": "127.0.0.1:8883", "https": "127.0.0.1:443"}"#, agent: agent)) == [])
        #expect(
            findings(manifest(host: #""listen": {"mqtts": "127.0.0.1:1883", "https": "127.0.0.1:8443"}"#, agent: agent)) == [
                "note host.listen.mqtts: SDKs of Azure IoT connect to port 8883 and cannot be told another; something must lead from there to 1883",
                "note host.listen.https: SDKs of Azure IoT connect to port 443 and cannot be told another; something must lead from there to 8443",
            ])
    }
}
