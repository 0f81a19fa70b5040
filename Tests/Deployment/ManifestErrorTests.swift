import Deployment
import JSON
import Testing

@Suite struct ManifestErrorTests {
    // MARK: Text

    @Test(arguments: [
        ("{", "error 1:2: the text ends in the middle of a value"),
        ("{\"device\": {\"id\": \"a\",\n  \"id\": \"b\"}}", "error 2:3: the key \"id\" comes twice in one object: keys must differ"),
        ("{\"device\": {\"id\": \"a\",}}", "error 1:23: a comma before '}': remove it"),
        ("// mine\n{}", "error 1:1: JSON has no comments"),
    ])
    func `what is not JSON has line and column`(text: String, expected: String) {
        #expect(findings(text) == [expected])
    }

    @Test func `a manifest over 4 MB is not read`() {
        let text = String(repeating: " ", count: ManifestReader.maximumBytes + 1)
        #expect(findings(text) == ["error (document): the manifest has 4194305 bytes; at most 4194304 are read"])
    }

    @Test func `a manifest is an object with a device and modules`() {
        #expect(findings("[]") == ["error (document): [] is not an object"])
        #expect(
            findings("{}") == [
                #"error (document): "device" is missing; write "device": {"id": "…"}"#,
                #"error (document): "modulesContent" is missing; write "modulesContent": {"$edgeAgent": …, "$edgeHub": …}"#,
            ])
    }

    @Test func `a misspelt member is named with what was meant`() {
        #expect(
            findings(#"{"devise": 1, "device": {"id": "d"}, "moduleContent": {}, "x": 1}"#) == [
                #"error devise: "devise" is not known in a manifest; did you mean "device"?"#,
                #"error moduleContent: "moduleContent" is not known in a manifest; did you mean "modulesContent"?"#,
                #"error x: "x" is not known in a manifest; use device, host, modulesContent or content"#,
                #"error (document): "modulesContent" is missing; write "modulesContent": {"$edgeAgent": …, "$edgeHub": …}"#,
            ])
    }

    @Test func `content may stand around modulesContent, as Azure's command line takes it`() throws {
        let inner =
            #""modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.0", "modules": {}}}, "$edgeHub": {"properties.desired": {"schemaVersion": "1.0"}}}"#
        #expect(findings(#"{"device": {"id": "d"}, "content": {\#(inner)}}"#) == [])
        #expect(
            findings(#"{"device": {"id": "d"}, \#(inner), "content": {\#(inner)}}"#) == [
                "error content: modulesContent stands beside content; keep one of them"
            ])
    }

    @Test func `all errors come at once`() {
        let text = #"""
            {"device": {"id": "a/b"}, "host": {"limits": {"whenFull": "drop"}}, "modulesContent": {
              "$edgeAgent": {"properties.desired": {"schemaVersion": "2.0", "modules": {
                "x": {"type": "docker", "status": "running", "restartPolicy": "sometimes", "settings": {"image": "x"}},
                "a b": {"type": "library", "status": "paused", "settings": {}}}}},
              "$edgeHub": {"properties.desired": {"schemaVersion": "1.0", "routes": {"r": "FROM /* WHERE level > 5 INTO $upstream"}}}}}
            """#
        #expect(
            findings(text) == [
                #"error device.id: "a/b" is not a device id; use ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"#,
                #"error host.limits.whenFull: "drop" is not a rule for full queues; use dropOldest, dropNewest, block or refuse"#,
                #"error \#(agentPath).schemaVersion: "2.0" is not a schema version of this part; use "1.0" or "1.1""#,
                #"error \#(agentPath).modules.x.type: module "x" is a container, and this runtime has none; use library, executable or functions"#,
                #"error \#(agentPath).modules.x.restartPolicy: "sometimes" is not a restart policy; use never, on-failure, on-unhealthy or always"#,
                #"error \#(agentPath).modules["a b"]: "a b" is not a module name; use ASCII letters, digits, - and _"#,
                #"error \#(agentPath).modules["a b"].settings: "image" is missing; write "image": "…", a file name in the modules folder"#,
                #"error \#(agentPath).modules["a b"].status: "paused" is not a status; use running or stopped"#,
                #"error \#(hubPath).routes.r: line 1, column 15: level is a property, always a string; write as_number(level) > 5"#,
            ])
    }

    // MARK: Device and host

    @Test(arguments: [
        (#""hubHostName": "x""#, #"error device: "id" is missing; write "id": "…""#),
        (#""id": 7"#, "error device.id: 7 is not a string"),
        (#""id": """#, #"error device.id: a device id must not be empty; use ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"#),
        (
            #""id": "d", "hubHostName": "a b""#,
            #"error device.hubHostName: "a b" is not a host name; use 1 to 253 ASCII letters, digits, . and -"#
        ),
        (
            #""id": "d", "gatewayHostName": """#,
            #"error device.gatewayHostName: "" is not a host name; use 1 to 253 ASCII letters, digits, . and -"#
        ),
        (
            #""id": "d", "hubHostname": "x""#,
            #"error device.hubHostname: "hubHostname" is not known in device; did you mean "hubHostName"?"#
        ),
        (#""id": "d", "children": {}"#, "error device.children: {} is not an array"),
    ])
    func `what is wrong with the device`(members: String, expected: String) {
        #expect(findings(manifest(device: members)).first == expected)
    }

    @Test func `an id of 128 characters is taken, one of 129 is not`() {
        let id = String(repeating: "x", count: 128)
        #expect(findings(manifest(device: #""id": "\#(id)""#)) == [])
        #expect(
            findings(manifest(device: #""id": "\#(id)x""#)) == [
                #"error device.id: "\#(String(repeating: "x", count: 64))…" has 129 bytes; a device id has at most 128"#
            ])
    }

    @Test func `children are checked, and no message shows a key`() {
        let key = "MDEyMzQ1Njc4OWFiY2RlZg=="
        let text = manifest(
            device: #"""
                "id": "d", "children": [
                    {"id": "a", "key": "\#(key)"}, {"id": "a", "key": "secret!"}, {"id": "/"}, {"id": "d", "key": "\#(key)"},
                    {"id": "b", "key": "c2VjcmV0"}]
                """#)
        #expect(
            findings(text) == [
                #"error device.children[1].id: "a" comes twice; ids of children must differ"#,
                "error device.children[1].key: the key is not base64 (RFC 4648, with padding)",
                #"error device.children[2].id: "/" is not a device id; use ASCII letters, digits and - . + % _ # * ? ! ( ) , = @ $ '"#,
                #"error device.children[2]: "key" is missing; write "key": "<base64>""#,
                #"error device.children[3].id: "d" is device.id; a child is another device"#,
                "error device.children[4].key: the key has 6 bytes; a key has 16 to 64",
                #"warning device.children: no device can connect from outside: host.listen.mqtts is missing; write "mqtts": "0.0.0.0:8883" there"#,
            ])
    }

    @Test(arguments: [
        (#""modulesDirectory": """#, "error host.modulesDirectory: the string is empty; it needs a value"),
        (#""stateDirectory": "a\u0000b""#, #"error host.stateDirectory: "a\u0000b" holds the character \u0000; remove it"#),
        (#""listen": {"http": "1.2.3.4:5"}"#, #"error host.listen.http: "http" is not known in listen; did you mean "https"?"#),
        (
            #""listen": {"mqtts": ":8883"}"#,
            #"error host.listen.mqtts: ":8883" is not an address to listen on; use an IP address and a port, as 127.0.0.1:8883 or [::1]:8883"#
        ),
        (#""listen": {"mqtts": "[::1]:1", "https": "[::1]:1"}"#, #"error host.listen.https: "[::1]:1" is the address of mqtts already"#),
        (
            #""limits": {"memoryQueueBytes": "4MB"}"#,
            #"error host.limits.memoryQueueBytes: "4MB" is not a whole number from 1 to 1073741824"#
        ),
        (
            #""limits": {"diskQueueBytes": 0}"#,
            "error host.limits.diskQueueBytes: 0 is out of range; use a whole number from 1 to 1099511627776"
        ),
        (#""restart": {"coolOffSeconds": -1}"#, "error host.restart.coolOffSeconds: -1 is out of range; use a whole number from 0 to 300"),
        (#""restart": {"maxRestarts": 1.5}"#, "error host.restart.maxRestarts: 1.5 is not a whole number from 0 to 1000000"),
        (#""restart": []"#, "error host.restart: [] is not an object"),
    ])
    func `what is wrong with the host`(members: String, expected: String) {
        #expect(findings(manifest(host: members)).filter { $0.hasPrefix("error") } == [expected])
    }

    // MARK: Entries of modulesContent

    @Test func `without modules there is nothing to run`() {
        #expect(
            findings(#"{"device": {"id": "d"}, "modulesContent": {"$edgeHub": {"properties.desired": {"schemaVersion": "1.0"}}}}"#) == [
                #"error modulesContent: "$edgeAgent" is missing; write "$edgeAgent": {"properties.desired": {"schemaVersion": "1.1", …}}"#
            ])
        #expect(
            findings(manifest(agent: #""schemaVersion": "1.1""#)) == [#"error \#(agentPath): "modules" is missing; write "modules": {…}"#])
    }

    @Test func `without a hub there are no routes, which is said`() {
        #expect(
            findings(
                #"{"device": {"id": "d"}, "modulesContent": {"$edgeAgent": {"properties.desired": {"schemaVersion": "1.0", "modules": {}}}}}"#
            ) == [
                #"warning modulesContent: "$edgeHub" is missing, so there are no routes; write "$edgeHub": {"properties.desired": {"schemaVersion": "1.1", …}}"#
            ])
    }

    @Test func `the dotted form of layered deployments is refused`() {
        #expect(
            findings(manifest(more: #", "m": {"properties.desired.a": {}, "properties": {}}"#)) == [
                #"error modulesContent.m["properties.desired.a"]: "properties.desired.a" is the form of a layered deployment, which the cloud merges; write the whole "properties.desired""#,
                #"error modulesContent.m.properties: "properties" is not known here; use "properties.desired""#,
                #"error modulesContent.m: "properties.desired" is missing; write "properties.desired": {…}"#,
            ])
    }

    @Test func `desired properties of a module that is not there are a warning`() throws {
        let text = manifest(more: #", "other": {"properties.desired": {"a": 1}}"#)
        #expect(
            findings(text) == [
                #"warning modulesContent.other: there is no module "other" in $edgeAgent; its desired properties are kept in its twin"#
            ])
        #expect(try read(text).get().desired == [DesiredSection(module: "other", properties: ["a": 1])])
    }

    @Test func `a module that is wrong is not said to be missing too`() {
        let text = manifest(
            agent: #""schemaVersion": "1.1", "modules": {"m": 1}"#,
            hub: #""schemaVersion": "1.0", "routes": {"r": "FROM /messages/modules/m/* INTO BrokeredEndpoint('/modules/m/inputs/i')"}"#,
            more: #", "m": {"properties.desired": {}}"#)
        #expect(findings(text) == ["error \(modulePath): 1 is not an object"])
    }

    @Test(arguments: [
        (#""modules": {}"#, #"error \#(agentPath): "schemaVersion" is missing; write "schemaVersion": "1.1""#),
        (#""schemaVersion": 1.1, "modules": {}"#, "error \(agentPath).schemaVersion: 1.1 is not a string"),
        (
            #""schemaVersion": "1.1.1", "modules": {}"#,
            #"error \#(agentPath).schemaVersion: "1.1.1" is not a schema version of this part; use "1.0" or "1.1""#
        ),
        (
            #""schemaVersion": "1.2", "modules": {}"#,
            #"error \#(agentPath).schemaVersion: "1.2" is not a schema version of this part; use "1.0" or "1.1""#
        ),
        (
            #""schemaVersion": "1", "modules": {}"#,
            #"error \#(agentPath).schemaVersion: "1" is not a schema version of this part; use "1.0" or "1.1""#
        ),
        (#""schemaVersion": "1.1", "modules": []"#, "error \(agentPath).modules: [] is not an object"),
        (
            #""schemaVersion": "1.1", "modules": {}, "module": {}"#,
            #"error \#(agentPath).module: "module" is not known in $edgeAgent; did you mean "modules"?"#
        ),
    ])
    func `what is wrong with the agent's part`(members: String, expected: String) {
        #expect(findings(manifest(agent: members)) == [expected])
    }

    @Test(arguments: ["1.0", "1.0.5", "1.1", "1.1.0"])
    func `schema versions of the agent`(version: String) {
        #expect(findings(manifest(agent: #""schemaVersion": "\#(version)", "modules": {}"#)) == [])
    }

    @Test func `runtime and system modules are ignored with a note`() {
        #expect(
            findings(
                manifest(agent: #""schemaVersion": "1.1", "modules": {}, "runtime": {"type": "docker"}, "systemModules": {"edgeAgent": 1}"#)
            ) == [
                "note \(agentPath).runtime: runtime is ignored: it is about the containers of IoT Edge",
                "note \(agentPath).systemModules: systemModules is ignored: it is about the containers of IoT Edge",
            ])
    }

    @Test func `hostile manifests end in a bounded number of findings`() {
        let members = (0..<5000).map { "\"x\($0)\": 0" }.joined(separator: ",")
        #expect(findings("{\(members)}").count == 1001)
        #expect(findings("{\(members)}").last == "note (document): more was found and is not listed")
        #expect(findings(String(repeating: "[", count: 100_000)).count == 1)
    }
}
