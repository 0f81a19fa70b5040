import Deployment
import JSON
import Testing

@Suite struct HostSettingsTests {
    @Test func `folders count from the manifest's own, and overrides win`() throws {
        let text = manifest(host: #""modulesDirectory": "/opt/m/", "stateDirectory": "../s", "runtimeDirectory": "r""#)
        let plain = try read(text).get().host
        #expect(plain.modulesDirectory == "/opt/m")
        #expect(plain.stateDirectory == "/etc/martlet/../s")
        #expect(plain.runtimeDirectory == "/etc/martlet/r")
        let overridden = try read(text, overrides: DirectoryOverrides(modules: "/usr/lib/martlet/modules", state: "/var/lib/martlet")).get()
            .host
        #expect(overridden.modulesDirectory == "/usr/lib/martlet/modules")
        #expect(overridden.stateDirectory == "/var/lib/martlet")
        #expect(overridden.runtimeDirectory == "/etc/martlet/r")
    }

    @Test(arguments: [
        ("127.0.0.1:8883", "127.0.0.1", 8883), ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:65535", "::1", 65535),
        ("[fe80::1:2]:443", "fe80::1:2", 443),
    ])
    func `addresses to listen on`(text: String, host: String, port: UInt16) {
        #expect(ListenAddress(Text(text)) == ListenAddress(host: Text(host), port: port))
    }

    @Test(arguments: [
        "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:08", "256.0.0.1:1", "1.2.3:1", "1.2.3.4.5:1",
        "localhost:1", "::1:80", "[]:80", "[::1]", "[127.0.0.1]:1", "1.2.3.4:-1", "1.2.3.4:1 ",
    ])
    func `what is not an address`(text: String) {
        #expect(ListenAddress(Text(text)) == nil)
    }

    @Test func `limits may be anything from one byte`() throws {
        let limits = try read(
            manifest(
                host:
                    #""limits": {"memoryQueueBytes": 1, "diskQueueBytes": 1099511627776, "whenFull": "block"}, "restart": {"coolOffSeconds": 0}"#
            )
        ).get().host
        #expect(limits.limits == QueueLimits(memoryQueueBytes: 1, diskQueueBytes: 1_099_511_627_776, whenFull: .block))
        #expect(limits.restart == RestartSettings(coolOffSeconds: 0))
    }
}
