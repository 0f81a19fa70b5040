import CPOSIX
import Deployment
import Foundation
import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// Logs all system properties of each message.
private let noting = IsolatedSource.module(
    """
    static void receive(void *self, const martlet_message *m) {
        int n = 0;
        for (size_t i = 0; i < m->system_property_count; i++)
            n += snprintf(text + n, sizeof text - n, "%s=%s ", m->system_properties[i].name, m->system_properties[i].value);
        snprintf(text + n, sizeof text - n, "%zu", m->property_count);
        say(text);
    }
    """, ".create = create, .receive = receive, .destroy = destroy")

/// Says that it is there, and ends its process in the third message.
private let ending = IsolatedSource.module(
    """
    static void receive(void *self, const martlet_message *m) {
        if (++counter == 3) raise(SIGKILL);
    }
    """, ".create = create, .receive = receive, .destroy = destroy")

/// Blocks in the third message until a file is there.
private let blocking = IsolatedSource.module(
    """
    static void receive(void *self, const martlet_message *m) {
        if (++counter == 3) { say("blocks"); while (access((const char *)m->body.data, F_OK)) usleep(1000); }
    }
    """, ".create = create, .receive = receive, .destroy = destroy")

@Suite struct `Deliveries to libraries` {
    private func delivery(_ receipt: UInt64, from module: Text = "sender", body: [UInt8] = []) -> Delivery {
        Delivery(Message(module: module, output: "o", body: body), input: "in", enqueuedMs: 1_795_400_000_007, receipt: receipt)
    }

    @Test func `system properties are those of the sender and those of the hub`() {
        let message = Message(module: "m", output: "o", body: [], systemProperties: [.init(name: "messageId", value: "7")])
        let all = Delivery(message, input: "in", enqueuedMs: 0).systemProperties(device: "D")
        #expect(all.map { $0.name } == ["messageId", "connectionDeviceId", "enqueuedTime", "connectionModuleId"])
        #expect(all.map { $0.value } == ["7", "D", "1970-01-01T00:00:00.000Z", "m"])
        let operators = Delivery(Message(module: "", output: "", body: []), input: "in", enqueuedMs: 1).systemProperties(device: "D")
        #expect(operators.map { $0.name } == ["connectionDeviceId", "enqueuedTime"])
    }

    @Test(arguments: Isolation.all) func `every message says who sent it and when`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(isolation, noting)
        let instance = try fixture.started()
        _ = instance.deliver(delivery(0))
        _ = instance.deliver(delivery(0))
        _ = instance.deliver(delivery(0, from: "another, with a longer name"))
        _ = instance.deliver(delivery(0, from: ""))
        let rich = Message(
            module: "sender", output: "o", body: [], properties: [.init(name: "k", value: "v")],
            systemProperties: [.init(name: "messageId", value: "7")])
        _ = instance.deliver(Delivery(rich, input: "in", enqueuedMs: 1))
        let (start, time): (Text, Text) = ("connectionDeviceId=d enqueuedTime=", "2026-11-23T02:13:20.007Z")
        #expect(fixture.until { fixture.recorder.log.count == 5 })
        #expect(
            fixture.recorder.log == [
                "\(start)\(time) connectionModuleId=sender 0", "\(start)\(time) connectionModuleId=sender 0",
                "\(start)\(time) connectionModuleId=another, with a longer name 0", "\(start)\(time) 0",
                "messageId=7 \(start)1970-01-01T00:00:00.001Z connectionModuleId=sender 1",
            ])
    }

    @Test(arguments: Isolation.all) func `a receipt comes back once the message was handled`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(isolation, noting)
        let instance = try fixture.started()
        for receipt in [7, 0, 8, 9, 0] as [UInt64] { _ = instance.deliver(delivery(receipt)) }
        #expect(fixture.until { fixture.recorder.receipts == [7, 8, 9] })
        _ = instance.deliver(delivery(10))
        #expect(fixture.until { fixture.recorder.receipts == [7, 8, 9, 10] })
        #expect(fixture.recorder.log.count == 6)
    }

    @Test func `what a killed process had not handled is not taken`() throws {
        let fixture = try IsolatedFixture(.process, ending)
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.isReady })
        _ = instance.deliver(delivery(1))
        #expect(fixture.until { fixture.recorder.receipts == [1] })
        for receipt in 2...5 as ClosedRange<UInt64> { _ = instance.deliver(delivery(receipt)) }
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.end == .signalled(SIGKILL))
        // The second was handled in one batch with the third: whether that was heard is open.
        #expect(fixture.recorder.receipts == [1] || fixture.recorder.receipts == [1, 2])
    }

    @Test func `what a thread had not handled when it was stopped is not taken`() throws {
        let fixture = try IsolatedFixture(.thread, blocking)
        let instance = try fixture.started()
        let gate = fixture.folder.path("open")
        let body = Array(gate.utf8) + [0]
        for receipt in 1...1000 as ClosedRange<UInt64> { _ = instance.deliver(delivery(receipt, body: body)) }
        #expect(fixture.until { fixture.recorder.log.contains("blocks") })
        instance.stop()
        #expect(FileManager.default.createFile(atPath: gate, contents: nil))
        #expect(fixture.until { fixture.recorder.end != nil })
        let taken = fixture.recorder.receipts
        #expect(taken.count >= 3 && taken.count < 1000)
        #expect(taken == Array(1...UInt64(taken.count)))
    }

    @Test(arguments: Isolation.all) func `functions have no inputs, so nothing waits for them`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(isolation, "int one(void) { return 1; }")
        let settings: JSONObject = ["functions": ["one": ["symbol": "one", "arguments": [], "returns": "int32"]]]
        let binding = try LibraryBinding.reading(settings).get()
        let instance = try fixture.started { $0.kind = .functions(isolation: isolation, binding: binding) }
        #expect(instance.deliver(delivery(3)))
        #expect(fixture.until { fixture.recorder.receipts == [3] })
    }
}
