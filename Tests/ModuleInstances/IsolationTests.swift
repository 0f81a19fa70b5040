import Deployment
import JSON
import Messages
import ModuleLinks
import Testing

@testable import ModuleInstances

/// The same modules through each isolation: nothing they see differs.
@Suite struct `Every isolation` {
    @Test(arguments: Isolation.all) func `starts, runs and ends a module`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static int start(void *self, martlet_bytes twin) {
                    snprintf(text, sizeof text, "started with %.*s", (int)twin.size, (const char *)twin.data);
                    say(text);
                    return MARTLET_OK;
                }
                """, ".create = create, .start = start, .destroy = destroy"))
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.isReady })
        #expect(fixture.recorder.log == [#"started with {"desired":{"$version":1},"reported":{"$version":1}}"#])
        #expect((instance.processID != nil) == (isolation == .process))
        instance.stop()
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.log.last == "destroyed")
        #expect(fixture.recorder.end == .exited(code: 0))
    }

    @Test(arguments: Isolation.all) func `answers a call by a name of megabytes with an error, and goes on`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void answer(void *context, int result, int status, martlet_bytes payload) { say(result ? "an error" : "ok"); }
                static int start(void *self, martlet_bytes twin) {
                    static char name[2 << 20];
                    memset(name, 'x', sizeof name - 1);
                    host->invoke(me, name, "m", bytes("1"), 0, answer, 0);
                    return host->invoke(me, "m", name, bytes("1"), 0, answer, 0);
                }
                """, ".create = create, .start = start, .destroy = destroy"))
        _ = try fixture.started()
        #expect(fixture.until { fixture.recorder.log.filter { $0 == "an error" }.count == 2 }, "\(fixture.recorder.log)")
        #expect(fixture.recorder.end == nil)
    }

    @Test(arguments: Isolation.all) func `brings messages whole and sends what comes whole, with its answer`(_ isolation: Isolation) throws
    {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void done(void *context, int result, uint64_t version) {
                    snprintf(text, sizeof text, "%s: %d", (char *)context, result);
                    say(text);
                }
                static void receive(void *self, const martlet_message *m) {
                    martlet_message out = *m;
                    snprintf(text, sizeof text, "%s %zu %s=%s", m->name, m->body.size, m->properties[0].name, m->properties[0].value);
                    say(text);
                    out.name = "echo";
                    if (host->send(me, &out, done, "sent") != MARTLET_OK) say("not sent");
                }
                """, ".create = create, .receive = receive, .destroy = destroy"))
        let instance = try fixture.started()
        let message = Message(
            module: "x", output: "o", body: [0, 1, 255, 0], properties: [.init(name: "ä", value: "é")],
            systemProperties: [.init(name: "contentType", value: "a/b")])
        #expect(instance.deliver(message, input: "in"))
        #expect(fixture.until { fixture.recorder.log.count == 2 })
        #expect(fixture.recorder.log == ["in 4 ä=é", "sent: 0"])
        let sent = try #require(fixture.recorder.sent.first)
        #expect(sent.module == "m" && sent.output == "echo" && sent.body == message.body)
        #expect(sent.properties == message.properties && sent.systemProperties == message.systemProperties)
        fixture.recorder.refusal = HubError(.full, "full")
        _ = instance.deliver(message, input: "in")
        #expect(fixture.until { fixture.recorder.log.last == "sent: -3" })
    }

    @Test(arguments: Isolation.all) func `keeps messages, desired properties and completions in their order`(_ isolation: Isolation) throws
    {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static int next_message, next_done, wrong;
                static uint64_t version;
                static void done(void *context, int result, uint64_t v) { if ((long)context != next_done++) wrong++; }
                static void receive(void *self, const martlet_message *m) {
                    int n = 0;
                    memcpy(&n, m->body.data, sizeof n);
                    if (n != next_message++) wrong++;
                    martlet_message out = {sizeof out, "o", m->body, 0, 0, 0, 0};
                    host->send(me, &out, done, (void *)(long)n);
                }
                static void desired(void *self, martlet_bytes patch, uint64_t v) { if (v != ++version) wrong++; }
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                    snprintf(text, sizeof text, "[%d,%d,%d,%d]", next_message, next_done, (int)version, wrong);
                    return host->answer(me, call, 200, bytes(text));
                }
                """, ".create = create, .receive = receive, .desired = desired, .invoke = invoke, .destroy = destroy"))
        let instance = try fixture.started()
        var sent = 0
        #expect(
            fixture.until {
                for _ in 0..<200 where sent < 20_000 {
                    let body = withUnsafeBytes(of: Int32(sent)) { [UInt8]($0) }
                    if sent % 100 == 0 { instance.desired(["n": .integer(Int64(sent))], version: UInt64(sent / 100 + 1)) }
                    sent += 1
                    if !instance.deliver(Message(module: "x", output: "o", body: body), input: "in") { break }
                }
                return fixture.recorder.sent.count == 20_000
            })
        for (index, message) in fixture.recorder.sent.enumerated() {
            let number = message.body.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }
            if number != index { Issue.record("message \(index) is \(number)") }
        }
        var outcome: MethodOutcome?
        #expect(
            fixture.until {
                if outcome == nil { instance.invoke(MethodCall(method: "m", payload: nil) { outcome = $0 }) }
                return outcome == .answered(status: 200, payload: [20_000, 20_000, 200, 0])
            })
    }

    @Test(arguments: Isolation.all) func `shows the twin as it is, after patches of both kinds`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void twin(const char *what) {
                    martlet_bytes t = host->twin(me);
                    snprintf(text, sizeof text, "%s %.*s", what, (int)t.size, (const char *)t.data);
                    say(text);
                }
                static void done(void *context, int result, uint64_t version) {
                    snprintf(text, sizeof text, "reported %d %d", result, (int)version);
                    say(text);
                    twin("then");
                }
                static void desired(void *self, martlet_bytes patch, uint64_t version) {
                    snprintf(text, sizeof text, "desired %d %.*s", (int)version, (int)patch.size, (const char *)patch.data);
                    say(text);
                    host->report(me, bytes("{\\"a\\":1,\\"b\\":{\\"c\\":2}}"), done, 0);
                }
                static void receive(void *self, const martlet_message *m) { twin("now"); host->report(me, bytes("{\\"b\\":{\\"c\\":null}}"), done, 0); }
                """, ".create = create, .receive = receive, .desired = desired, .destroy = destroy"))
        let instance = try fixture.started()
        fixture.recorder.mirrors = true
        fixture.recorder.twinNow["desired"] = ["limit": 3, "$version": 2]
        instance.desired(["limit": 3], version: 2)
        #expect(fixture.until { fixture.recorder.log.count == 3 })
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "in")
        #expect(fixture.until { fixture.recorder.log.count == 6 })
        let desired = #""desired":{"limit":3,"$version":2}"#
        #expect(
            fixture.recorder.log.map { $0.string } == [
                #"desired 2 {"limit":3,"$version":2}"#, "reported 0 2",
                "then {" + desired + #","reported":{"a":1,"b":{"c":2},"$version":2}}"#,
                "now {" + desired + #","reported":{"a":1,"b":{"c":2},"$version":2}}"#, "reported 0 3",
                "then {" + desired + #","reported":{"a":1,"b":{},"$version":3}}"#,
            ])
        #expect(fixture.recorder.reported == [["a": 1, "b": ["c": 2]], ["b": ["c": .null]]])
    }

    @Test(arguments: Isolation.all) func `takes direct methods and calls them, answers now or later`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static martlet_call *waiting;
                static void answered(void *context, int result, int status, martlet_bytes payload) {
                    snprintf(text, sizeof text, "[%d,%d,%.*s]", result, status, (int)payload.size, (const char *)payload.data);
                    if (!payload.size) snprintf(text, sizeof text, "[%d,%d]", result, status);
                    host->answer(me, waiting, 202, bytes(text));
                }
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                    if (!strcmp(method, "echo")) return host->answer(me, call, 201, payload);
                    if (!strcmp(method, "fail")) return MARTLET_ERROR_FAILED;
                    waiting = call;
                    return host->invoke(me, "other", "method", payload, 1000, answered, 0);
                }
                """, ".create = create, .invoke = invoke, .destroy = destroy"))
        let instance = try fixture.started()
        func outcome(_ method: Text, _ payload: JSON) -> MethodOutcome? {
            var outcome: MethodOutcome?
            instance.invoke(MethodCall(method: method, payload: payload) { outcome = $0 })
            #expect(fixture.until { outcome != nil })
            return outcome
        }
        #expect(outcome("echo", ["é", 1.5, nil]) == .answered(status: 201, payload: ["é", 1.5, nil]))
        #expect(outcome("fail", 1) == .answered(status: 500, payload: ["message": "failed"]))
        #expect(outcome("call", 1) == .answered(status: 202, payload: [-5, 0]))
        fixture.recorder.outcome = .answered(status: 7, payload: ["x": true])
        #expect(outcome("call", 1) == .answered(status: 202, payload: [0, 7, ["x": true]]))
        fixture.recorder.outcome = .timedOut(reason: "late")
        #expect(outcome("call", 1) == .answered(status: 202, payload: [-6, 0]))
        fixture.recorder.outcome = .invalid(reason: "no such name")
        #expect(outcome("call", 1) == .answered(status: 202, payload: [-1, 0]))
        #expect(fixture.recorder.log.contains("invoke: no such name"))
    }

    @Test(arguments: Isolation.all) func `runs timers, and says that it is ready when it is`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static martlet_timer again;
                static void once(void *context) { say(context); host->ready(me); }
                static void every(void *context) { if (++counter == 3) { say("third"); host->timer_stop(me, again); } }
                static int start(void *self, martlet_bytes twin) {
                    martlet_timer never = host->timer_start(me, 1, 0, once, "never");
                    host->timer_start(me, 2, 0, once, (void *)host->error_text(MARTLET_ERROR_FULL));
                    again = host->timer_start(me, 5, 1, every, 0);
                    return host->timer_stop(me, never);
                }
                """, ".ready_later = 1, .create = create, .start = start, .destroy = destroy"))
        _ = try fixture.started()
        #expect(fixture.until { fixture.recorder.log.count == 2 })
        #expect(fixture.recorder.isReady)
        #expect(fixture.recorder.log.last == "third")
        #expect(fixture.recorder.log.first?.hasPrefix("a queue is full") == true)
    }

    @Test(arguments: Isolation.all) func `brings posts of other threads and what is watched to the module's own thread`(
        _ isolation: Isolation
    )
        throws
    {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                #include <pthread.h>
                static pthread_t own, other;
                static int ends[2];
                static martlet_watch watched;
                static void posted(void *context) {
                    if (!pthread_equal(own, pthread_self())) say("wrong thread");
                    if (++counter == 100 && write(ends[1], "x", 1) != 1) say("no write");
                }
                static void readable(void *context, int events) {
                    char byte;
                    if (!pthread_equal(own, pthread_self()) || events != MARTLET_READABLE || read(ends[0], &byte, 1) != 1) say("wrong");
                    host->watch_stop(me, watched);
                    say("read");
                }
                static void *work(void *nothing) {
                    for (int i = 0; i < 100; i++) host->post(me, posted, 0);
                    if (host->report(me, bytes("{}"), 0, 0) != MARTLET_ERROR_THREAD) host->log(me, 3, "taken");
                    return 0;
                }
                static int start(void *self, martlet_bytes twin) {
                    own = pthread_self();
                    if (pipe(ends)) return MARTLET_ERROR_FAILED;
                    watched = host->watch_start(me, ends[0], MARTLET_READABLE, readable, 0);
                    return pthread_create(&other, 0, work, 0) ? MARTLET_ERROR_FAILED : MARTLET_OK;
                }
                static void end(void *self) { pthread_join(other, 0); close(ends[0]); close(ends[1]); destroy(self); }
                """, ".create = create, .start = start, .destroy = end"))
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.log.contains("read") })
        #expect(!fixture.recorder.log.contains { $0.hasPrefix("wrong") || $0 == "taken" })
        instance.stop()
        #expect(fixture.until { fixture.recorder.end == .exited(code: 0) })
    }

    @Test(arguments: Isolation.beside) func `says why a module could not be started`(_ isolation: Isolation) throws {
        let refusing = IsolatedSource.module(
            "static int start(void *s, martlet_bytes t) { say(\"no sensor\"); return -7; }",
            ".create = create, .start = start, .destroy = destroy")
        let first = try IsolatedFixture(isolation, refusing)
        _ = try first.started()
        #expect(first.until { first.recorder.end != nil })
        #expect(first.recorder.log.contains("no sensor"))
        #expect(first.recorder.end == .refused(InstanceError("the module's start returned -7 (failed)")))
        let second = try IsolatedFixture(isolation, "int nothing;")
        _ = try second.started()
        #expect(second.until { second.recorder.end != nil })
        guard case .refused(let error) = second.recorder.end else {
            Issue.record("\(String(describing: second.recorder.end))")
            return
        }
        #expect(error.isLasting && error.reason.hasPrefix("the image does not export martlet_module"))
    }

    @Test(arguments: Isolation.all) func `ends with messages still on the way, and unanswered calls`(_ isolation: Isolation) throws {
        let fixture = try IsolatedFixture(
            isolation,
            IsolatedSource.module(
                """
                static void receive(void *self, const martlet_message *m) {
                    martlet_message out = {sizeof out, "o", m->body, 0, 0, 0, 0};
                    for (int i = 0; i < 20; i++) host->send(me, &out, 0, 0);
                }
                static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) { return MARTLET_OK; }
                """, ".create = create, .receive = receive, .invoke = invoke, .destroy = destroy"))
        let instance = try fixture.started()
        var outcome: MethodOutcome?
        instance.invoke(MethodCall(method: "m", payload: nil) { outcome = $0 })
        let message = Message(module: "x", output: "o", body: [UInt8](repeating: 7, count: 1000))
        for _ in 0..<200 where !instance.deliver(message, input: "in") { break }
        instance.stop()
        #expect(fixture.until { fixture.recorder.end != nil })
        #expect(fixture.recorder.end == .exited(code: 0))
        #expect(fixture.recorder.log.last == "destroyed")
        #expect(outcome == .notFound(reason: "the module ended before it answered"))
    }
}
