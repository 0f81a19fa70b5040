import Foundation
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// A shell script as a module, with a recorder as hub and supervisor.
private final class Fixture {
    let loop: Loop
    let recorder = Recorder()
    let instance: StdioInstance

    init(_ script: String, speaksStdio: Bool = true) throws {
        loop = try Loop()
        let marker = UUID().uuidString
        let plan = ProcessPlan(
            file: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "MARTLET_INSTANCE=\(marker)"],
            marker: marker, workingDirectory: "/", speaksStdio: speaksStdio)
        instance = StdioInstance(
            loop: loop, plan: plan, identity: ModuleIdentity(deviceID: "D", moduleID: "m"), observer: recorder)
        try instance.start(port: recorder)
    }

    func until(_ condition: () -> Bool) -> Bool { run(loop, until: condition) }

    deinit { loop.close() }
}

@Test func `the first line is start with identity and twin`() throws {
    let fixture = try Fixture("read line; echo \"$line\" >&2")
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(
        fixture.recorder.log == [
            #"{"jsonrpc":"2.0","method":"start","params":{"identity":"/devices/D/modules/m","twin":{"desired":{"$version":1},"reported":{"$version":1}}}}"#
        ])
    #expect(fixture.recorder.end == .exited(code: 0))
}

@Test func `what a module asks is done and answered`() throws {
    let fixture = try Fixture(
        #"""
        read start
        echo '{"method":"ready"}'
        echo '{"id":1,"method":"send","params":{"output":"o","body":{"v":1},"properties":{"k":"x"}}}'
        read answer; echo "$answer" >&2
        echo '{"id":"r","method":"report","params":{"patch":{"state":"ok"}}}'
        read answer; echo "$answer" >&2
        echo '{"id":3,"method":"twin"}'
        read answer; echo "$answer" >&2
        echo '{"id":4,"method":"invoke","params":{"module":"x","name":"y"}}'
        read answer; echo "$answer" >&2
        """#)
    #expect(
        fixture.until {
            fixture.recorder.runLater()
            return fixture.recorder.end != nil
        })
    #expect(fixture.recorder.isReady)
    let sent = try #require(fixture.recorder.sent.first)
    #expect(sent.module == "m" && sent.output == "o" && sent.body == Array(#"{"v":1}"#.utf8))
    #expect(fixture.recorder.reported == [["state": "ok"]])
    #expect(
        fixture.recorder.log.filter { !$0.hasPrefix("refused") } == [
            #"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            #"{"jsonrpc":"2.0","id":"r","result":{"version":2}}"#,
            #"{"jsonrpc":"2.0","id":3,"result":{"desired":{"$version":1},"reported":{"$version":1}}}"#,
            #"{"jsonrpc":"2.0","id":4,"error":{"code":-32000,"message":"no such module","data":{"status":404}}}"#,
        ])
}

@Test func `messages, desired properties and direct methods arrive as lines`() throws {
    let fixture = try Fixture(
        #"""
        read start
        read line; echo "$line" >&2
        read line; echo "$line" >&2
        read line; echo "$line" >&2
        echo '{"id":1,"result":{"status":201,"payload":["done"]}}'
        read line; echo "$line" >&2
        """#)
    let message = Message(
        module: "x", output: "o", body: Array("{\"a\":\n1}".utf8),
        systemProperties: [.init(name: "contentType", value: "application/json"), .init(name: "contentEncoding", value: "utf-8")])
    #expect(fixture.instance.deliver(message, input: "in"))
    fixture.instance.desired(["limit": 3], version: 2)
    var outcome: MethodOutcome?
    fixture.instance.invoke(MethodCall(method: "reset", payload: [1]) { outcome = $0 })
    #expect(fixture.until { outcome != nil })
    #expect(outcome == .answered(status: 201, payload: ["done"]))
    fixture.instance.stop()
    #expect(fixture.until { fixture.recorder.end != nil })
    let lines = try fixture.recorder.log.map { try JSON.parse($0.string) }
    #expect(lines.map { $0["method"]?.string } == ["message", "desired", "invoke", "stop"])
    #expect(lines.first?["params"]?["body"] == ["a": 1])
    #expect(lines.first?["params"]?["input"] == "in")
    #expect(fixture.recorder.end == .exited(code: 0))
}

@Test func `bad lines are answered and logged and the module goes on`() throws {
    let fixture = try Fixture(
        #"""
        read start
        echo 'hello'
        read answer; echo "$answer" >&2
        head -c 10000000 /dev/zero | tr '\0' x; echo
        read answer; echo "$answer" >&2
        echo '{"id":9,"method":"send","params":{"body":1,"bodyText":"x"}}'
        read answer; echo "$answer" >&2
        printf '{"method":"report","params":{"patch":{"last":1}}}'
        """#)
    #expect(
        fixture.until {
            fixture.recorder.runLater()
            return fixture.recorder.end != nil
        })
    let answers = try fixture.recorder.log.filter { !$0.hasPrefix("refused") }.map { try JSON.parse($0.string) }
    #expect(answers.map { $0["error"]?["code"]?.integer } == [-32700, -32600, -32602])
    #expect(answers.map { $0["id"] } == [.null, .null, 9])
    #expect(answers.dropFirst().first?["error"]?["message"]?.string == "the line is longer than 1 MiB (1048576 bytes)")
    #expect(fixture.recorder.reported == [["last": 1]], "a last line without a line feed counts")
    #expect(fixture.recorder.end == .exited(code: 0))
}

@Test func `an exit code and a signal are told`() throws {
    let code = try Fixture("exit 7")
    #expect(code.until { code.recorder.end != nil })
    #expect(code.recorder.end == .exited(code: 7))
    let signal = try Fixture("kill -9 $$")
    #expect(signal.until { signal.recorder.end != nil })
    #expect(signal.recorder.end == .signalled(9))
}

@Test func `a call that waits when the module ends is answered`() throws {
    let fixture = try Fixture("read start; read call")
    var outcome: MethodOutcome?
    fixture.instance.invoke(MethodCall(method: "m", payload: nil) { outcome = $0 })
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(outcome == .notFound(reason: "the module ended before it answered"))
}

@Test func `no grandchild survives the module`() throws {
    let fixture = try Fixture("sleep 1000 & echo $! >&2; read start; exit 0")
    #expect(fixture.until { fixture.recorder.end != nil })
    let pid = try #require(fixture.recorder.log.first.flatMap { pid_t($0.string) })
    #expect(isGone(pid, fixture.loop))
}

@Test func `a grandchild that left the group does not survive either`() throws {
    let fixture = try Fixture("setsid sh -c 'echo $$ >&2; exec sleep 1000' & read start; read line")
    #expect(fixture.until { !fixture.recorder.log.isEmpty })
    let pid = try #require(fixture.recorder.log.first.flatMap { pid_t($0.string) })
    fixture.instance.stop()
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(isGone(pid, fixture.loop))
}

@Test func `a module that does not read costs a bounded queue and says when it reads again`() throws {
    let fixture = try Fixture("read start; read go; cat > /dev/null")
    let message = Message(module: "x", output: "o", body: Array(repeating: UInt8(ascii: "x"), count: 100_000))
    var delivered = 0
    while fixture.instance.deliver(message, input: "in") {
        delivered += 1
        try #require(delivered < 100)
    }
    #expect(fixture.until { fixture.recorder.takesMoreCount == 1 })
    fixture.instance.kill()
    #expect(fixture.until { fixture.recorder.end != nil })
}

@Test func `a module that floods with requests and never reads is ended, and says why`() throws {
    let fixture = try Fixture(
        #"""
        sleep 1000 &
        while :; do echo '{"id":1,"method":"twin"}'; done
        """#)
    fixture.recorder.twinNow = ["desired": ["long": .string(Text(String(repeating: "x", count: 100_000)))], "reported": [:]]
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(fixture.recorder.end == .failed(reason: "it does not read its standard input: more than 4 MiB wait there"))
}

@Test func `one that is killed while its last output is awaited is over at once`() throws {
    // The grandchild keeps the pipes open; it has another marker, so only the time-out would end the waiting.
    let fixture = try Fixture("MARTLET_INSTANCE=other setsid sh -c 'echo $$ >&2; exec sleep 1000' & read start; read stop; exit 0")
    #expect(fixture.until { !fixture.recorder.log.isEmpty })
    fixture.instance.stop()
    #expect(fixture.until { fixture.instance.hasExited })
    if fixture.recorder.end == nil {
        fixture.instance.kill()
        #expect(fixture.recorder.end == .exited(code: 0))
    }
    let pid = try #require(fixture.recorder.log.first.flatMap { pid_t($0.string) })
    kill(pid, SIGKILL)
}

@Test func `with protocol none standard output is log`() throws {
    let fixture = try Fixture("echo plain", speaksStdio: false)
    #expect(fixture.recorder.isReady)
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(fixture.recorder.log == ["plain"])
}

@Test func `a program that is not there is an error of the start`() throws {
    let loop = try Loop()
    defer { loop.close() }
    let recorder = Recorder()
    let plan = ProcessPlan(file: "/nowhere", arguments: ["x"], environment: [], marker: "x", workingDirectory: "/", speaksStdio: true)
    let instance = StdioInstance(loop: loop, plan: plan, identity: ModuleIdentity(deviceID: "D", moduleID: "m"), observer: recorder)
    let error = #expect(throws: InstanceError.self) { try instance.start(port: recorder) }
    #expect(error?.reason.string == "cannot start /nowhere in the folder /: no such file or directory")
}

/// Whether the process ends, or is a zombie, within 10 s.
private func isGone(_ pid: pid_t, _ loop: Loop) -> Bool {
    let look = Timer(loop)
    look.start(afterMs: 1, everyMs: 1) {}
    return run(loop) {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z ")
    }
}

@Test func `a module that does not read gets no more calls, and is not ended for it`() throws {
    let fixture = try Fixture("read start; exec sleep 1000")
    let payload = JSON.string(Text(String(repeating: "x", count: 128 << 10)))
    var refused: [MethodOutcome] = []
    for _ in 0..<60 { fixture.instance.invoke(MethodCall(method: "m", payload: payload) { refused.append($0) }) }
    #expect(refused.count > 40)
    #expect(
        refused.allSatisfy {
            $0 == .busy(reason: "the module does not take what the host says: more than 1 MiB wait for it")
        })
    fixture.instance.kill()
    #expect(fixture.until { fixture.recorder.end != nil })
    #expect(fixture.recorder.end == .signalled(9), "not for what waited in its pipe")
}
