import Deployment
import JSON
import Testing

@Suite struct ModuleErrorTests {
    private static let settings = #""settings": {"image": "m.so"}"#

    @Test(arguments: [
        (#""status": "running""#, #"error \#(modulePath): "settings" is missing; write "settings": {"image": "…"}"#),
        (#""status": "Running", \#(settings)"#, #"error \#(modulePath).status: "Running" is not a status; use running or stopped"#),
        (settings, #"warning \#(modulePath): "status" is missing, which IoT Edge requires; taken as "running""#),
        (
            #""status": "running", \#(settings), "restartPolicy": 3"#,
            "error \(modulePath).restartPolicy: 3 is not a restart policy; use never, on-failure, on-unhealthy or always"
        ),
        (
            #""status": "running", \#(settings), "startupOrder": 4294967296"#,
            "error \(modulePath).startupOrder: 4294967296 is out of range; use a whole number from 0 to 4294967295"
        ),
        (
            #""status": "running", \#(settings), "restartpolicy": "never""#,
            #"error \#(modulePath).restartpolicy: "restartpolicy" is not known in a module; did you mean "restartPolicy"?"#
        ),
        (#""status": "running", \#(settings), "version": 1"#, "error \(modulePath).version: 1 is not a string"),
        (#""status": "running", "settings": {"image": ""}"#, "error \(modulePath).settings.image: the string is empty; it needs a value"),
        (
            #""status": "running", "settings": {"image": "../m.so"}"#,
            #"error \#(modulePath).settings.image: "../m.so" is not a file name; use the name of a file in the modules folder, or an absolute path"#
        ),
        (
            #""status": "running", "settings": {"image": ".."}"#,
            #"error \#(modulePath).settings.image: ".." is not a file name; use the name of a file in the modules folder, or an absolute path"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "digest": "sha256:00"}"#,
            #"error \#(modulePath).settings.digest: "sha256:00" is not a digest; use "sha256:" and 64 hexadecimal digits"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "signature": "MEU"}"#,
            #"error \#(modulePath).settings.signature: "MEU" is not base64; use the output of openssl dgst -sha256 -sign KEY IMAGE | base64 -w0"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "createOptions": "{}"}"#,
            "error \(modulePath).settings.createOptions: createOptions configures a container, and this runtime has none; remove it"
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "args": []}"#,
            #"error \#(modulePath).settings.args: "args" is not known in the settings of a library; use image, digest, signature, isolation or limits"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "isolation": "proces"}"#,
            #"error \#(modulePath).settings.isolation: "proces" is not an isolation; use loop, thread or process"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "limits": {}}"#,
            #"error \#(modulePath).settings.limits: limits are those of a process, and isolation loop has none; use "isolation": "process", or remove limits"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "isolation": "thread", "limits": {"files": 100}}"#,
            #"error \#(modulePath).settings.limits: limits are those of a process, and isolation thread has none; use "isolation": "process", or remove limits"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "isolation": "process", "limits": {"memory": 100}}"#,
            "error \(modulePath).settings.limits.memory: 100 is out of range; use a whole number from 1048576 to 1099511627776"
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "isolation": "process", "limits": {"files": "8"}}"#,
            #"error \#(modulePath).settings.limits.files: "8" is not a whole number from 16 to 1048576"#
        ),
        (
            #""status": "running", "settings": {"image": "m.so", "isolation": "process", "limits": {"cpu": 1}}"#,
            #"error \#(modulePath).settings.limits.cpu: "cpu" is not known in the limits of a process; use memory, files or cpuSeconds"#
        ),
        (#""status": "running", \#(settings), "env": {"A": "1"}"#, #"error \#(modulePath).env.A: "1" is not an object"#),
        (#""status": "running", \#(settings), "env": {"A": {"value": 1}}"#, "error \(modulePath).env.A.value: 1 is not a string"),
        (#""status": "running", \#(settings), "env": {"A": {}}"#, #"error \#(modulePath).env.A: "value" is missing; write "value": "…""#),
        (
            #""status": "running", \#(settings), "env": {"A=B": {"value": ""}}"#,
            #"error \#(modulePath).env["A=B"]: "A=B" is not the name of a variable; use a name without = and \u0000"#
        ),
    ])
    func `what is wrong with a library`(members: String, expected: String) {
        #expect(findings(manifest(module: members)) == [expected])
    }

    @Test func `a module without a type`() {
        #expect(
            findings(manifest(agent: #""schemaVersion": "1.1", "modules": {"m": {"status": "running", \#(Self.settings)}}"#)) == [
                #"error \#(modulePath): "type" is missing; write "type": "library", "executable" or "functions""#
            ])
        #expect(
            findings(manifest(type: "lib")) == [
                #"error \#(modulePath).type: "lib" is not a module type; use library, executable or functions"#
            ])
    }

    @Test(arguments: [
        ("args", #"["a", 1]"#, ".args[1]: 1 is not a string"), ("args", "\"-v\"", ".args: \"-v\" is not an array"),
        ("protocol", "\"mqtt\"", ".protocol: \"mqtt\" is not a protocol; use stdio, edge or none"),
    ])
    func `what is wrong with an executable`(name: String, value: String, expected: String) {
        let text = manifest(type: "executable", module: #""status": "running", "settings": {"image": "m", "\#(name)": \#(value)}"#)
        #expect(findings(text) == ["error \(modulePath).settings\(expected)"])
    }

    @Test func `what a module may say`() throws {
        let text = manifest(
            type: "executable",
            module: #"""
                "status": "stopped", "restartPolicy": "never", "startupOrder": 0, "version": "2", "imagePullPolicy": "never",
                "settings": {"image": "/usr/bin/m", "digest": "sha256:\#(String(repeating: "0aF", count: 21))0", "args": ["-a", ""], "protocol": "edge"},
                "env": {"EMPTY": {"value": null}, "B": {"value": "x=y"}}
                """#)
        let module = try #require(try read(text).get().modules.first)
        #expect(module.status == .stopped && module.restartPolicy == .never && module.startupOrder == 0 && module.version == "2")
        #expect(module.image == "/usr/bin/m")
        #expect(module.digest?.prefix(3) == [0x0A, 0xF0, 0xAF] && module.digest?.count == 32)
        #expect(module.environment == [EnvironmentVariable(name: "EMPTY", value: ""), EnvironmentVariable(name: "B", value: "x=y")])
        #expect(module.kind == .executable(args: ["-a", ""], protocol: .edge))
        #expect(
            findings(text) == [
                "note \(modulePath).imagePullPolicy: imagePullPolicy is ignored: it is about the containers of IoT Edge",
                #"warning \#(modulePath).settings.protocol: SDKs of Azure IoT speak MQTT, and host.listen.mqtts is missing; write "mqtts": "127.0.0.1:8883" there"#,
            ])
    }

    @Test func `a start order under schema version 1 dot 0 is applied with a warning`() throws {
        let text = manifest(
            agent:
                #""schemaVersion": "1.0", "modules": {"m": {"type": "library", "status": "running", "startupOrder": 3, \#(Self.settings)}}"#
        )
        #expect(
            findings(text) == ["warning \(modulePath).startupOrder: startupOrder belongs to schemaVersion 1.1; it is applied all the same"])
        #expect(try read(text).get().modules.first?.startupOrder == 3)
    }
}
