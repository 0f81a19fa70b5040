import Foundation
import JSON
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import EdgeAgent

/// `$edgeAgent` with real instances behind it.
@Suite struct AgentMethodsTests {
    private func methods(_ fixture: Fixture) -> AgentMethods {
        AgentMethods(agent: fixture.agent, deviceID: "D", hubHostName: "h") { _, _ in }
    }

    private func call(_ methods: AgentMethods, _ method: Text, _ payload: JSON = nil) -> MethodOutcome? {
        var outcome: MethodOutcome?
        methods.answer(MethodCall(method: method, payload: payload) { outcome = $0 })
        return outcome
    }

    private func message(_ status: Int, _ text: Text) -> MethodOutcome { .answered(status: status, payload: ["message": .string(text)]) }

    @Test func `ping answers, whatever the case of its name and its payload`() throws {
        let methods = methods(try Fixture())
        for name in ["ping", "PING", "Ping"] as [Text] { #expect(call(methods, name, [1]) == .answered(status: 200, payload: nil)) }
        #expect(
            call(methods, "UploadModuleLogs")
                == message(400, "$edgeAgent has no method \"UploadModuleLogs\": ping, RestartModule and GetModuleLogs are there"))
        #expect(methods.calls.map(\.count) == [3, 0, 0, 1])
    }

    @Test func `RestartModule answers once the module runs again`() throws {
        let fixture = try Fixture()
        let methods = methods(fixture)
        try fixture.script(obedient)
        fixture.apply([module()])
        #expect(fixture.untilUp())
        var outcome: MethodOutcome?
        methods.answer(MethodCall(method: "restartmodule", payload: ["schemaVersion": "1.0", "id": "m"]) { outcome = $0 })
        #expect(outcome == nil)
        #expect(fixture.until { outcome != nil })
        #expect(outcome == .answered(status: 200, payload: nil))
        #expect(fixture.isUp())
        #expect(fixture.hub.events == ["+m", "-m", "+m"])
    }

    @Test(
        arguments: [
            (nil, 400, "the payload of RestartModule is null: an object with schemaVersion is expected"),
            (["id": "m"], 400, "schemaVersion is missing: \"1.0\" is expected"),
            (["schemaVersion": 1, "id": "m"], 400, "schemaVersion is 1: a string is expected"),
            (["schemaVersion": "2.0", "id": "m"], 400, "schemaVersion is \"2.0\": \"1.0\" is expected"),
            (["schemaVersion": "1.0"], 400, "id is missing: the name of a module is expected"),
            (["schemaVersion": "1.1", "ID": "other"], 500, "there is no module \"other\" to restart"),
        ] as [(JSON, Int, Text)])
    func `what RestartModule cannot do is answered with the reason`(payload: JSON, status: Int, reason: Text) throws {
        #expect(call(methods(try Fixture()), "RestartModule", payload) == message(status, reason))
    }

    @Test func `GetModuleLogs gives the lines of the modules that are asked for, by the first item that speaks of them`() throws {
        let fixture = try Fixture()
        try fixture.script("for n in 1 2 3; do echo \"<4> 2019-02-14 16:15:35.243 -08:00 line $n\" >&2; done; echo 'é' >&2; \(obedient)")
        fixture.apply([module("first"), module("second"), module("third")])
        for name in ["first", "second", "third"] as [Text] {
            #expect(fixture.until { fixture.agent.log(name).map { $0.tail(nil).count == 4 } ?? false })
        }
        let methods = methods(fixture)
        func logs(_ items: JSON, _ more: JSONObject = [:]) -> JSON? {
            var payload: JSONObject = ["schemaVersion": "1.0", "items": items]
            for member in more { payload[member.key] = member.value }
            guard case .answered(200, let answer)? = call(methods, "GetModuleLogs", .object(payload)) else { return nil }
            return answer
        }
        let stamp: Text = "<4> 2019-02-14 16:15:35.243 -08:00"
        #expect(
            logs([["id": "^F", "filter": ["tail": 2]], ["id": "^(first|second)$", "filter": ["loglevel": 6]]])
                == [
                    ["id": "first", "payload": .string("\(stamp) line 3\né\n")], ["id": "second", "payload": "é\n"],
                ])
        #expect(
            logs(["id": "third", "filter": ["regex": "LINE [12]", "tail": 1]]) == [
                ["id": "third", "payload": .string("\(stamp) line 2\n")]
            ])
        #expect(logs(["id": "none"]) == [])
        #expect(logs(["id": "all", "filter": ["since": "1h", "until": 4_000_000_000]])?.array?.count == 3)
        #expect(logs(["id": "first", "filter": ["until": "1 day"]]) == [["id": "first", "payload": ""]])
        let records = try JSON.parse(
            Array((logs(["id": "first", "filter": ["tail": 2]], ["contentType": "JSON"])?.array?[0]["payload"]?.string ?? "").utf8))
        #expect(
            records.array?[0] == [
                "iothub": "h", "device": "D", "id": "first", "stream": "stderr", "loglevel": 4, "text": "line 3",
                "timestamp": "2019-02-15T00:15:35.243Z",
            ])
        #expect(records.array?[1]["text"] == "é")
        let packed = logs(["id": "first", "filter": ["tail": 1]], ["encoding": "gzip"])?.array?[0]["payloadBytes"]?.string ?? ""
        let file = fixture.folder.path("log.gz")
        try Data(Base64.decode(packed) ?? []).write(to: URL(fileURLWithPath: file))
        #expect(try runProgram(["/bin/gzip", "-dc", file]).output == "é\n")
    }

    @Test func `more than an answer can hold is refused`() throws {
        let fixture = try Fixture()
        try fixture.script("head -c 30000 /dev/zero | tr '\\0' x | fold -w 100 >&2; \(obedient)")
        let names = (1...6).map { Text("m\($0)") }
        fixture.apply(names.map { module($0) })
        for name in names { #expect(fixture.untilUp(name)) }
        guard
            case .answered(400, let payload)? = call(
                methods(fixture), "GetModuleLogs", ["schemaVersion": "1.0", "items": ["id": "."]])
        else {
            Issue.record("it was answered")
            return
        }
        #expect(payload["message"]?.string?.string.contains("at most 127000 fit into an answer") == true)
        #expect(
            call(methods(fixture), "GetModuleLogs", ["schemaVersion": "1.0", "items": ["id": ".", "filter": ["tail": 100]]])
                .map { if case .answered(200, _) = $0 { true } else { false } } == true)
    }

    @Test(
        arguments: [
            ([:], "items is missing"), (["items": 1], "items is 1: an object with an id"), (["items": [["filter": [:]]]], "items[0]"),
            (["items": ["id": ""]], "items.id is \"\""), (["items": ["id": "("]], "items.id is \"(\""),
            (["items": ["id": "a{9}"]], "{ } is not supported"), (["items": ["id": "(a)\\1"]], "\\ before a letter or digit"),
            (["items": ["id": "a", "filter": ["tail": -1]]], "items.filter.tail is -1"),
            (["items": ["id": "a", "filter": ["since": "soon"]]], "items.filter.since is \"soon\""),
            (["items": ["id": "a", "filter": ["loglevel": 8]]], "items.filter.loglevel is 8"),
            (["items": ["id": "a", "filter": ["level": 1]]], "items.filter.level is not known"),
            (["items": ["id": "a"], "encoding": "zip"], "encoding is \"zip\": none or gzip"),
            (["items": ["id": "a"], "contentType": 1], "contentType is 1: text or json"),
        ] as [(JSONObject, String)])
    func `a request that is not valid is refused with its place`(members: JSONObject, part: String) throws {
        var payload: JSONObject = members
        payload["schemaVersion"] = "1.0"
        guard case .answered(400, let answer)? = call(methods(try Fixture()), "GetModuleLogs", .object(payload)) else {
            Issue.record("it was taken")
            return
        }
        #expect(answer["message"]?.string?.string.contains(part) == true, "\(answer.text)")
    }
}
