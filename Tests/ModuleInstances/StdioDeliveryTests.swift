import Foundation
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// A shell script as a module that gets messages for which somebody waits. The shell reads a pipe byte by byte: no line too much.
private final class Fixture {
    let loop: Loop
    let recorder = Recorder()
    let instance: StdioInstance
    let folder = TemporaryFolder()

    init(_ script: String, speaksStdio: Bool = true) throws {
        loop = try Loop()
        let marker = UUID().uuidString
        let plan = ProcessPlan(
            file: "/bin/sh", arguments: ["sh", "-c", script], environment: ["PATH=/usr/bin:/bin", "MARTLET_INSTANCE=\(marker)"],
            marker: marker, workingDirectory: folder.path, speaksStdio: speaksStdio)
        instance = StdioInstance(
            loop: loop, plan: plan, identity: ModuleIdentity(deviceID: "D", moduleID: "m"), observer: recorder)
        try instance.start(port: recorder)
    }

    func deliver(_ receipts: UInt64...) {
        for receipt in receipts {
            let message = Message(
                module: "sender", output: "o", body: [UInt8](repeating: UInt8(ascii: "x"), count: 100),
                systemProperties: [.init(name: "messageId", value: "\(receipt)")])
            _ = instance.deliver(Delivery(message, input: "in", enqueuedMs: 1_795_400_000_007, receipt: receipt))
        }
    }

    /// Lets the script go on where it waits for this file.
    func open(_ gate: String) {
        #expect(FileManager.default.createFile(atPath: folder.path(gate), contents: nil))
    }

    func until(_ condition: () -> Bool) -> Bool { run(loop, until: condition) }

    deinit {
        instance.kill()
        loop.close()
    }
}

/// What a script waits for.
private func wait(_ gate: String) -> String { "while [ ! -e \(gate) ]; do sleep 0.01; done" }

@Suite struct `Deliveries over standard input` {
    @Test func `a message says who sent it and when`() throws {
        let fixture = try Fixture("read start; read line; echo \"$line\" >&2")
        fixture.deliver(0)
        #expect(fixture.until { fixture.recorder.end != nil })
        let line = try JSON.parse(try #require(fixture.recorder.log.first).string)
        #expect(line["id"] == nil)
        #expect(
            line["params"]?["systemProperties"] == [
                "messageId": "0", "connectionDeviceId": "D", "enqueuedTime": "2026-11-23T02:13:20.007Z", "connectionModuleId": "sender",
            ])
    }

    @Test func `a message is taken once the module has read it`() throws {
        let fixture = try Fixture(
            #"echo '{"method":"ready"}'; read start; read a; read b; "# + wait("go")
                + #"; read c; echo '{"method":"ready"}'; cat >/dev/null"#)
        #expect(fixture.until { fixture.recorder.isReady })
        fixture.deliver(1, 0, 2, 3)
        #expect(fixture.until { fixture.recorder.receipts == [1] })
        fixture.deliver(4)
        settle(fixture.loop)
        #expect(fixture.recorder.receipts == [1])
        fixture.open("go")
        #expect(fixture.until { fixture.recorder.receipts == [1, 2, 3, 4] })
    }

    @Test func `what was not read when the module ended is not taken, however long it waited in the pipe`() throws {
        let fixture = try Fixture(#"echo '{"method":"ready"}'; read start; read a; read b; "# + wait("go") + "; kill -9 $$")
        #expect(fixture.until { fixture.recorder.isReady })
        fixture.deliver(1, 2, 3, 4)
        #expect(fixture.until { fixture.recorder.receipts == [1, 2] })
        fixture.open("go")
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.end == .signalled(9))
        #expect(fixture.recorder.receipts == [1, 2])
    }

    @Test func `what does not fit into the pipe is not taken before it was read`() throws {
        let fixture = try Fixture(#"echo '{"method":"ready"}'; "# + wait("go") + "; cat >/dev/null")
        #expect(fixture.until { fixture.recorder.isReady })
        for receipt in 1...2000 as ClosedRange<UInt64> { fixture.deliver(receipt) }
        settle(fixture.loop)
        #expect(fixture.recorder.receipts == [])
        fixture.open("go")
        #expect(fixture.until { fixture.recorder.receipts.count == 2000 })
        #expect(fixture.recorder.receipts == Array(1...2000))
    }

    @Test func `a module that answers messages has taken those that it answered, in any order`() throws {
        let fixture = try Fixture(
            #"""
            read start
            echo '{"method":"ready","params":{"acknowledge":true}}'
            read a; echo "$a" >&2; read b; read c; read d
            echo '{"id":"m2","result":{}}'
            echo '{"id":"m1","error":{"code":1,"message":"no room"}}'
            echo '{"id":"m2","result":{}}'
            echo '{"id":"m77","result":{}}'
            """# + "\n" + wait("go") + "\n" + #"echo '{"id":"m3","result":null}'; exit 1"#)
        // Also those that came before it said so.
        fixture.deliver(11, 12, 0, 13)
        #expect(fixture.until { fixture.recorder.receipts == [12, 11] })
        settle(fixture.loop)
        #expect(fixture.recorder.receipts == [12, 11])
        fixture.deliver(14)
        fixture.open("go")
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.receipts == [12, 11, 13])
        let lines = fixture.recorder.log.filter { $0.hasPrefix("{") }
        let first = try JSON.parse(try #require(lines.first).string)
        #expect(first["id"] == "m1" && first["method"] == "message")
        #expect(fixture.recorder.log.filter { !$0.hasPrefix("{") } == ["could not handle a message: no room"])
    }

    @Test func `a module that says late that it answers has taken by reading what it got without an id`() {
        var receipts = StdioReceipts()
        receipts.rule = .reading
        receipts.add(7, end: 100)
        receipts.add(8, end: 200)
        receipts.rule = .answering
        receipts.add(9, end: 300)
        #expect(receipts.isReadingAwaited)
        #expect(receipts.read(100) == [7])
        #expect(receipts.read(300) == [8])
        #expect(!receipts.isReadingAwaited && !receipts.isEmpty)
        #expect(receipts.answered("m1") == 9)
        #expect(receipts.isEmpty)
    }

    @Test func `a module that crashed before it said anything has taken nothing`() throws {
        let fixture = try Fixture("read start; read a; read b; exit 3")
        fixture.deliver(1, 2, 3)
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.receipts == [])
    }

    @Test func `a module that ended in order without a word has taken what it read`() throws {
        let fixture = try Fixture("read start; read a; read b; exit 0")
        fixture.deliver(1, 2, 3)
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.receipts == [1, 2])
    }

    @Test func `a module without a protocol has no inputs, so nothing waits for it`() throws {
        let fixture = try Fixture("sleep 100", speaksStdio: false)
        fixture.deliver(5)
        #expect(fixture.recorder.receipts == [5])
    }

    @Test(arguments: [#""yes""#, "1", "null"]) func `acknowledge is true or false`(_ value: String) throws {
        let error = #expect(throws: StdioError.self) {
            try StdioRequest.parse(Array(#"{"method":"ready","params":{"acknowledge":\#(value)}}"#.utf8))
        }
        #expect(error?.message == "ready: params.acknowledge is true or false")
    }
}

@Suite struct StdioReceiptsTests {
    @Test func `nothing is taken before it is known how`() {
        var receipts = StdioReceipts()
        #expect(receipts.nextID() == "m1")
        receipts.add(1, end: 10)
        #expect(receipts.nextID() == "m2")
        receipts.add(2, end: 20)
        #expect(receipts.read(100) == [] && receipts.hasRead(10) && !receipts.hasRead(9))
        receipts.rule = .reading
        #expect(receipts.nextID() == nil)
        receipts.add(3, end: 30)
        #expect(receipts.read(19) == [1])
        #expect(receipts.read(19) == [])
        // It may still answer what had an id.
        #expect(receipts.answered("m2") == 2)
        #expect(receipts.answered("m2") == nil && receipts.answered("m0") == nil && receipts.answered("") == nil)
        #expect(receipts.read(30) == [3] && receipts.isEmpty)
    }
}
