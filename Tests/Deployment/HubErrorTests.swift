import Deployment
import JSON
import Messages
import Testing

@Suite struct HubErrorTests {
    private static let store = #""storeAndForwardConfiguration": {"timeToLiveSecs": -1}"#

    private func hub(_ routes: String, version: String = "1.1") -> String {
        manifest(hub: #""schemaVersion": "\#(version)", \#(Self.store), "routes": {\#(routes)}"#)
    }

    @Test(arguments: [
        (#""r": 1"#, #".r: 1 is not a route; use "FROM … INTO …" or {"route": "FROM … INTO …"}"#),
        (#""r": """#, ".r: line 1, column 1: the route is empty; a route is FROM source INTO sink"),
        (#""r": {"priority": 1}"#, #".r: "route" is missing; write "route": "FROM … INTO …""#),
        (
            #""r": {"route": "FROM /* INTO $up"}"#,
            #".r.route: line 1, column 14: "$up" is not an end point; use $upstream or BrokeredEndpoint("/modules/{module}/inputs/{input}")"#
        ),
        (#""r": {"route": "FROM /* INTO $upstream", "priority": 10}"#, ".r.priority: 10 is not a priority; use 0 (first) to 9"),
        (#""r": {"route": "FROM /* INTO $upstream", "priority": "1"}"#, #".r.priority: "1" is not a priority; use 0 (first) to 9"#),
        (
            #""r": {"route": "FROM /* INTO $upstream", "timeToLiveSecs": -1}"#,
            ".r.timeToLiveSecs: -1 is out of range; use a whole number from 0 to 4294967295"
        ),
        (
            #""r": {"route": "FROM /* INTO $upstream", "persistence": "ram"}"#,
            #".r.persistence: "ram" is not a persistence; use memory or disk"#
        ),
        (
            #""r": {"route": "FROM /* INTO $upstream", "whenfull": "block"}"#,
            #".r.whenfull: "whenfull" is not known in a route; did you mean "whenFull"?"#
        ),
        (
            #""a.b": "FROM /* INTO $upstream""#,
            #"["a.b"]: "a.b" is not the name of a route; use 1 to 128 bytes without . $ # and white space"#
        ),
    ])
    func `what is wrong with a route`(routes: String, expected: String) {
        #expect(findings(hub(routes)) == ["error \(hubPath).routes\(expected)"])
    }

    @Test func `what a route may say`() throws {
        let deployment = try read(
            hub(
                #""a": {"route": "FROM /* INTO $upstream", "priority": 9, "timeToLiveSecs": 0, "persistence": "memory", "whenFull": "refuse"}, "b": {"route": "FROM /* INTO BrokeredEndpoint('/modules/m/inputs/i')", "priority": 2000000000, "persistence": "disk"}"#
            )
        ).get()
        let source = RouteSource("/*")
        #expect(
            deployment.routes == [
                RouteSpecification(
                    name: "a", route: Route(source: source, sink: .upstream), priority: 9, timeToLiveSecs: 0, persistence: .memory,
                    whenFull: .refuse),
                RouteSpecification(name: "b", route: Route(source: source, sink: .module(name: "m", input: "i")), persistence: .disk),
            ])
        #expect(deployment.timeToLiveSecs == -1)
        #expect(deployment.notes.isEmpty)
    }

    @Test func `under schema version 1 dot 0 a blank route is none and a route has no settings`() throws {
        #expect(findings(hub(#""r": " ""#, version: "1.0")) == ["note \(hubPath).routes.r: the route is empty and is left out"])
        #expect(
            findings(hub(#""r": {"route": "FROM /* INTO $upstream"}"#, version: "1.0")) == [
                "error \(hubPath).routes.r: a route with settings needs schemaVersion 1.1; raise it, or write the route as a string"
            ])
    }

    @Test(arguments: ["1.0", "1.1", "1.1.7", "1.2", "1.3"])
    func `schema versions of the hub`(version: String) {
        #expect(findings(hub("", version: version)) == [])
    }

    @Test(arguments: ["1.4", "2.0", "1", "", "1.x", "1.1.1.1"])
    func `other schema versions are refused`(version: String) {
        #expect(
            findings(hub("", version: version)) == [
                "error \(hubPath).schemaVersion: \"\(version)\" is not a schema version of this part; use \"1.0\", \"1.1\", \"1.2\" or \"1.3\""
            ])
    }

    @Test func `a route whose ends are not in the manifest is a warning`() {
        #expect(
            findings(hub(#""r": "FROM /messages/modules/a/outputs/* INTO BrokeredEndpoint('/modules/b/inputs/i')""#)) == [
                #"warning \#(hubPath).routes.r: the route leads to module "b", which this manifest does not have"#,
                #"warning \#(hubPath).routes.r: the route comes from module "a", which this manifest does not have"#,
            ])
        #expect(findings(hub(#""r": "FROM /messages/modules/M/outputs/o INTO BrokeredEndpoint('/modules/m/inputs/i')""#)) == [])
        #expect(findings(hub(#""r": "FROM /messages/modules/m* INTO $upstream""#)) == [])
    }

    @Test func `a route to a module without inputs is a warning`() {
        let modules = #"""
            "f": {"type": "functions", "status": "running", "settings": {"image": "f.so", "functions": {"u": {"symbol": "u", "arguments": [], "returns": "void"}}}},
            "n": {"type": "executable", "status": "running", "settings": {"image": "n", "protocol": "none"}},
            "s": {"type": "executable", "status": "running", "settings": {"image": "s"}}
            """#
        let routes = ["f", "n", "s"].map { #""\#($0)": "FROM /* INTO BrokeredEndpoint('/modules/\#($0)/inputs/i')""# }
            .joined(separator: ", ")
        let text = manifest(
            agent: #""schemaVersion": "1.1", "modules": {\#(modules)}"#,
            hub: #""schemaVersion": "1.1", \#(Self.store), "routes": {\#(routes)}"#)
        let lost = "and what is sent to it is lost"
        #expect(
            findings(text) == [
                #"warning \#(hubPath).routes.f: the route leads to module "f", which has no inputs: its type is functions, \#(lost)"#,
                #"warning \#(hubPath).routes.n: the route leads to module "n", which has no inputs: its protocol is none, \#(lost)"#,
            ])
    }

    @Test func `what is probably not meant in a route is a warning`() {
        #expect(
            findings(hub(#""r": "FROM /messages/modules/*/outputs/x INTO $upstream""#)).first
                == "warning \(hubPath).routes.r: line 1, column 24: this * is taken literally: only at the end of a source it stands for anything"
        )
    }

    @Test func `errors and warnings of conditions stand with their place in the route, those of all routes at once`() {
        let routes = #"""
            "a": "FROM /messages/*\n WHERE level > 5 INTO $upstream", "b": {"route": "FROM /* WHERE size(x) INTO $upstream"},
            "c": "FROM /* WHERE level = True INTO $upstream", "d": "FROM /* WHERE level = 'high' AND $body.n > 2 INTO $upstream"
            """#
        let found = findings(hub(routes))
        #expect(found.count == 3)
        #expect(
            found.first == "error \(hubPath).routes.a: line 2, column 8: level is a property, always a string; write as_number(level) > 5")
        #expect(
            found.contains { $0.hasPrefix("error \(hubPath).routes.b.route: line 1, column 15: \"size\" is not a function; use abs, ") })
        #expect(
            found.contains("warning \(hubPath).routes.c: line 1, column 23: \"True\" is the name of a property; the literal is true"))
    }

    @Test func `a missing store configuration is a warning from version 1 dot 1`() {
        #expect(
            findings(manifest(hub: #""schemaVersion": "1.1""#)) == [
                #"warning \#(hubPath): "storeAndForwardConfiguration" is missing, which IoT Edge requires from schemaVersion 1.1; write {"timeToLiveSecs": 7200}, which is taken"#
            ])
        #expect(findings(manifest(hub: #""schemaVersion": "1.0""#)) == [])
    }

    @Test func `the store configuration is checked`() {
        #expect(
            findings(
                manifest(
                    hub:
                        #""schemaVersion": "1.1", "storeAndForwardConfiguration": {"timeToLiveSecs": 2147483648, "storeLimits": {"maxSizeBytes": "1"}, "ttl": 1}"#
                )) == [
                    "error \(hubPath).storeAndForwardConfiguration.ttl: \"ttl\" is not known in storeAndForwardConfiguration; use timeToLiveSecs or storeLimits",
                    "error \(hubPath).storeAndForwardConfiguration.storeLimits.maxSizeBytes: \"1\" is not a whole number from -9223372036854775808 to 9223372036854775807",
                    "note \(hubPath).storeAndForwardConfiguration.storeLimits: storeLimits is ignored; host.limits.diskQueueBytes bounds the store",
                    "error \(hubPath).storeAndForwardConfiguration.timeToLiveSecs: 2147483648 is out of range; use a whole number from -2147483648 to 2147483647",
                ])
    }
}
