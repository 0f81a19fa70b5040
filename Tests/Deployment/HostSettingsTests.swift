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

    @Test func `the key of images is a text or a file, and a signature is base64`() throws {
        let none = try read(manifest(host: "")).get().host
        #expect(none.imageSigning == nil && none.restart.probationSeconds == 30)
        let file = try read(
            manifest(host: #""imageSigning": {"publicKey": "key.pem", "required": true}, "restart": {"probationSeconds": 0}"#)
        )
        .get().host
        #expect(file.imageSigning == ImageSigning(publicKey: .file("/etc/martlet/key.pem"), isRequired: true))
        #expect(file.restart.probationSeconds == 0)
        let text = try read(manifest(host: #""imageSigning": {"publicKey": "-----BEGIN PUBLIC KEY-----\n"}"#)).get().host
        #expect(text.imageSigning == ImageSigning(publicKey: .text("-----BEGIN PUBLIC KEY-----\n"), isRequired: false))
        let settings = #""status": "running", "settings": {"image": "m.so", "signature": "AQID"}"#
        #expect(try read(manifest(module: settings)).get().modules.first?.signature == [1, 2, 3])
    }

    @Test(arguments: [
        (#"{}"#, #"host.imageSigning: "publicKey" is missing; write "publicKey": "…", the text or the path of a PEM file"#),
        (#"{"publicKey": ""}"#, "host.imageSigning.publicKey: the string is empty; it needs a value"),
        (#"{"publicKey": "k", "required": 1}"#, "host.imageSigning.required: 1 is not true or false"),
        (#"{"publickey": "k"}"#, #"host.imageSigning.publickey: "publickey" is not known in imageSigning; did you mean "publicKey"?"#),
    ])
    func `what is wrong with the key's setting`(signing: String, message: String) throws {
        let found = findings(manifest(host: #""imageSigning": \#(signing)"#))
        #expect(found.contains("error " + message), "\(found)")
    }

    @Test func `quarantine and watchdog are on, unless the manifest says otherwise`() throws {
        let none = try read(manifest(host: "")).get().host
        #expect(none.quarantine && none.watchdog == WatchdogSettings(warnAfterMs: 1000, restartAfterSeconds: 30))
        let off = try read(manifest(host: #""quarantine": false, "watchdog": {"warnAfterMs": 0, "restartAfterSeconds": 0}"#)).get().host
        #expect(!off.quarantine && off.watchdog == WatchdogSettings(warnAfterMs: 0, restartAfterSeconds: 0))
        let one = try read(manifest(host: #""watchdog": {"warnAfterMs": 50}"#)).get().host
        #expect(one.watchdog == WatchdogSettings(warnAfterMs: 50, restartAfterSeconds: 30))
    }

    @Test(arguments: [
        (#""quarantine": "no""#, #"host.quarantine: "no" is not true or false"#),
        (#""watchdog": true"#, "host.watchdog: true is not an object"),
        (
            #""watchdog": {"warnAfterMs": -1}"#,
            "host.watchdog.warnAfterMs: -1 is out of range; use a whole number from 0 to 3600000"
        ),
        (
            #""watchdog": {"restartAfterSeconds": 1.5}"#,
            "host.watchdog.restartAfterSeconds: 1.5 is not a whole number from 0 to 86400"
        ),
        (#""watchdog": {"warnAfter": 1}"#, #"host.watchdog.warnAfter: "warnAfter" is not known in watchdog; did you mean "warnAfterMs"?"#),
    ])
    func `what is wrong with containment`(host: String, message: String) throws {
        let found = findings(manifest(host: host))
        #expect(found.contains("error " + message), "\(found)")
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
