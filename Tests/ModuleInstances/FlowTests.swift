import Deployment
import Foundation
import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

@Suite struct `Between two loops` {
    @Test(arguments: Isolation.beside) func `a module that takes nothing costs a window, and says when it goes on`(_ isolation: Isolation)
        throws
    {
        let folder = TemporaryFolder()
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                #include <fcntl.h>
                static void receive(void *self, const martlet_message *m) { while (access("\(folder.path("go"))", F_OK)) usleep(1000); counter++; }
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                    snprintf(text, sizeof text, "%d", counter);
                    return host->answer(me, call, 200, bytes(text));
                }
                """, ".create = create, .receive = receive, .invoke = invoke, .destroy = destroy"))
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.isReady })
        let message = Message(module: "x", output: "o", body: [UInt8](repeating: 1, count: 10_000))
        var count = 1
        while instance.deliver(message, input: "in") {
            count += 1
            try #require(count < 100)
        }
        #expect(count * 10_000 < RemoteInstance.window + 20_000)
        #expect(fixture.recorder.takesMoreCount == 0)
        try folder.write("", to: "go")
        #expect(fixture.until { fixture.recorder.takesMoreCount == 1 })
        var outcome: MethodOutcome?
        #expect(
            fixture.until {
                if outcome == nil { instance.invoke(MethodCall(method: "m", payload: nil) { outcome = $0 }) }
                if outcome != .answered(status: 200, payload: .integer(Int64(count))) { outcome = nil }
                return outcome != nil
            })
    }

    @Test(arguments: Isolation.beside) func `a module that sends more than the host reads waits, and nothing is lost`(
        _ isolation: Isolation
    ) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void receive(void *self, const martlet_message *m) {
                    static char body[1000];
                    for (int i = 0; i < 20000; i++) {
                        memcpy(body, &i, sizeof i);
                        martlet_message out = {sizeof out, "o", {body, sizeof body}, 0, 0, 0, 0};
                        host->send(me, &out, 0, 0);
                    }
                    say("sent all");
                }
                """, ".create = create, .receive = receive, .destroy = destroy"))
        let instance = try fixture.started()
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "in")
        #expect(fixture.until { fixture.recorder.log == ["sent all"] })
        #expect(fixture.recorder.sent.count == 20_000)
        for (index, message) in fixture.recorder.sent.enumerated() {
            let number = message.body.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
            if number != index || message.body.count != 1000 { Issue.record("message \(index) is \(number)") }
        }
    }

    @Test(arguments: Isolation.all) func `a stop comes through while messages flow as fast as they can`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void receive(void *self, const martlet_message *m) {
                    martlet_message out = {sizeof out, "o", m->body, 0, 0, 0, 0};
                    for (int i = 0; i < 3; i++) host->send(me, &out, 0, 0);
                }
                """, ".create = create, .receive = receive, .destroy = destroy"))
        let message = Message(module: "x", output: "o", body: [UInt8](repeating: 1, count: 100))
        for round in 0..<20 {
            let recorder = Recorder()
            let instance = try fixture.made(recorder)
            try instance.start(port: recorder)
            var turns = 0
            #expect(
                fixture.until {
                    turns += 1
                    if turns < 20 + round { for _ in 0..<2000 where !instance.deliver(message, input: "in") { break } }
                    if turns == 20 + round { instance.stop() }
                    recorder.sent = []
                    return recorder.end != nil
                })
            #expect(recorder.end == .exited(code: 0))
            // Tests run side by side: a thread of another one's module may be taken for one of this.
            #expect(recorder.log.first == "destroyed")
        }
    }

    @Test func `a hundred threads start, work and end`() throws {
        let fixture = try IsolatedFixture(
            .thread,
            IsolatedSource.module(
                """
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                    snprintf(text, sizeof text, "%d", ++counter);
                    return host->answer(me, call, 200, bytes(text));
                }
                """, ".create = create, .invoke = invoke, .destroy = destroy"))
        let recorders = (0..<100).map { _ in Recorder() }
        let instances = try recorders.map { recorder in
            let instance = try fixture.made(recorder)
            try instance.start(port: recorder)
            return instance
        }
        #expect(fixture.until { recorders.allSatisfy { $0.isReady } })
        var outcomes: [MethodOutcome] = []
        for instance in instances { instance.invoke(MethodCall(method: "m", payload: nil) { outcomes.append($0) }) }
        #expect(fixture.until { outcomes.count == 100 })
        #expect(outcomes.allSatisfy { $0 == .answered(status: 200, payload: 1) }, "each has variables of its own")
        for instance in instances { instance.stop() }
        #expect(fixture.until { recorders.allSatisfy { $0.end != nil } })
    }

    @Test func `a thread that does not come back from the module is told of, and ends when it does`() throws {
        let folder = TemporaryFolder()
        let create = IsolatedSource.create.replacingOccurrences(
            of: #"say("destroyed");"#, with: "while (access(\"\(folder.path("go"))\", F_OK)) usleep(1000);")
        let fixture = try IsolatedFixture(.thread, IsolatedSource.module("", ".create = create, .destroy = destroy", create: create))
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.isReady })
        instance.stop()
        #expect(instance.hanging == nil, "it has some time to end")
        #expect(fixture.until { instance.hanging != nil })
        instance.kill()
        #expect(fixture.recorder.end == nil)
        try folder.write("", to: "go")
        #expect(fixture.until { fixture.recorder.end == .exited(code: 0) })
        #expect(instance.hanging == nil)
    }

    @Test func `calls that nobody waits for any longer are forgotten on both sides`() throws {
        let fixture = try IsolatedFixture(
            .thread,
            IsolatedSource.module(
                """
                static martlet_call *first;
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                    if (!first) first = call;
                    if (strcmp(method, "ask")) return MARTLET_OK;
                    snprintf(text, sizeof text, "%d", host->answer(me, first, 200, payload));
                    return host->answer(me, call, 200, bytes(text));
                }
                """, ".create = create, .invoke = invoke, .destroy = destroy"))
        let instance = try fixture.started()
        for _ in 0..<1000 {
            let call = MethodCall(method: "never", payload: nil) { _ in }
            instance.invoke(call)
            call.end(.timedOut(reason: "late"))
        }
        var outcome: MethodOutcome?
        instance.invoke(MethodCall(method: "ask", payload: nil) { outcome = $0 })
        #expect(fixture.until { outcome != nil })
        #expect(outcome == .answered(status: 200, payload: -5))
    }
}
