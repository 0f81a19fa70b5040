import JSON
import Messages
import ModuleLinks
import TestSupport
import Testing

@testable import ModuleInstances

@Test func `a library is created, started and ready, and destroyed when it is stopped`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static int start(void *self, martlet_bytes twin) {
                snprintf(text, sizeof text, "started with %.*s", (int)twin.size, (const char *)twin.data);
                host->log(me, 6, text);
                return MARTLET_OK;
            }
            """ + moduleTable(".create = create, .start = start, .destroy = destroy"))
    let instance = try fixture.started()
    #expect(fixture.recorder.isReady)
    #expect(fixture.recorder.log == [#"started with {"desired":{"$version":1},"reported":{"$version":1}}"#])
    instance.stop()
    #expect(fixture.recorder.log.last == "destroyed")
    #expect(fixture.recorder.end == .exited(code: 0))
}

@Test func `a module that is ready later says so itself`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + "static void receive(void *s, const martlet_message *m) { host->ready(me); }"
            + moduleTable(".ready_later = 1, .create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    #expect(!fixture.recorder.isReady)
    _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "i")
    #expect(fixture.recorder.isReady)
    instance.stop()
}

@Test func `a message arrives whole and what is sent leaves whole`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void done(void *context, int result, uint64_t version) {
                snprintf(text, sizeof text, "%s: %d", (char *)context, result);
                host->log(me, 6, text);
            }
            static void receive(void *self, const martlet_message *m) {
                snprintf(text, sizeof text, "%s %zu %s=%s %s=%s", m->name, m->body.size, m->properties[0].name,
                         m->properties[0].value, m->system_properties[0].name, m->system_properties[0].value);
                host->log(me, 6, text);
                martlet_message out = *m;
                out.name = "echo";
                if (host->send(me, &out, done, "sent") != MARTLET_OK) host->log(me, 3, "not sent");
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    let body: [UInt8] = [0, 1, 255, 0]
    let message = Message(
        module: "x", output: "o", body: body, properties: [.init(name: "ä", value: "")],
        systemProperties: [.init(name: "contentType", value: "a/b")])
    #expect(instance.deliver(message, input: "in"))
    #expect(fixture.recorder.log == ["in 4 ä= contentType=a/b"])
    let sent = try #require(fixture.recorder.sent.first)
    #expect(sent.module == "m" && sent.output == "echo" && sent.body == body)
    #expect(sent.properties == message.properties && sent.systemProperties == message.systemProperties)
    fixture.recorder.runLater()
    #expect(fixture.recorder.log.last == "sent: 0")
    fixture.recorder.refusal = HubError(.full, "full")
    _ = instance.deliver(message, input: "in")
    fixture.recorder.runLater()
    #expect(fixture.recorder.log.last == "sent: -3")
    instance.stop()
}

@Test func `after destroy nothing comes back to the module`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void done(void *context, int result, uint64_t version) { host->log(me, 6, "called back"); }
            static void receive(void *self, const martlet_message *m) {
                host->send(me, m, done, NULL);
                host->report(me, (martlet_bytes){"{\\"a\\":1}", 7}, done, NULL);
                host->timer_start(me, 0, 1, (martlet_fire)abort, NULL);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "i")
    #expect(fixture.recorder.reported == [["a": 1]])
    instance.stop()
    fixture.recorder.runLater()
    settle(fixture.loop)
    #expect(fixture.recorder.log == ["destroyed"])
}

@Test func `desired properties and reports go through with their versions`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void done(void *context, int result, uint64_t version) {
                snprintf(text, sizeof text, "stored %d %d", result, (int)version);
                host->log(me, 6, text);
            }
            static void desired(void *self, martlet_bytes patch, uint64_t version) {
                snprintf(text, sizeof text, "%d %.*s", (int)version, (int)patch.size, (const char *)patch.data);
                host->log(me, 6, text);
                if (host->report(me, (martlet_bytes){"[]", 2}, done, NULL) != MARTLET_ERROR_ARGUMENT) abort();
                host->report(me, (martlet_bytes){"{}", 2}, done, NULL);
            }
            """ + moduleTable(".create = create, .desired = desired, .destroy = destroy"))
    let instance = try fixture.started()
    instance.desired(["limit": nil], version: 7)
    #expect(fixture.recorder.log == [#"7 {"limit":null,"$version":7}"#, "report: the patch is not a JSON object"])
    fixture.recorder.runLater()
    #expect(fixture.recorder.log.last == "stored 0 2")
    instance.stop()
}

@Test func `a direct method is answered now, later, with an error, or not at all`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static martlet_call *kept;
            static void fire(void *c) { host->answer(me, kept, 202, (martlet_bytes){"\\"late\\"", 6}); }
            static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                if (strcmp(method, "now") == 0) return host->answer(me, call, 200, payload);
                if (strcmp(method, "later") == 0) { kept = call; host->timer_start(me, 0, 0, fire, NULL); return MARTLET_OK; }
                if (strcmp(method, "twice") == 0) {
                    host->answer(me, call, 200, (martlet_bytes){NULL, 0});
                    if (host->answer(me, call, 200, payload) != MARTLET_ERROR_NOT_FOUND) abort();
                    return MARTLET_OK;
                }
                if (strcmp(method, "never") == 0) return MARTLET_OK;
                return MARTLET_ERROR_NOT_FOUND;
            }
            """ + moduleTable(".create = create, .invoke = invoke, .destroy = destroy"))
    let instance = try fixture.started()
    var outcomes: [Text: MethodOutcome] = [:]
    func call(_ method: Text, _ payload: JSON = nil) {
        instance.invoke(MethodCall(method: method, payload: payload) { outcomes[method] = $0 })
    }
    call("now", ["a": [1, "b"]])
    #expect(outcomes["now"] == .answered(status: 200, payload: ["a": [1, "b"]]))
    call("twice")
    #expect(outcomes["twice"] == .answered(status: 200, payload: nil))
    call("unknown")
    #expect(outcomes["unknown"] == .answered(status: 500, payload: ["message": "no such module, method, timer, watch or waiting call"]))
    call("later")
    #expect(outcomes["later"] == nil)
    #expect(run(fixture.loop, until: { outcomes["later"] != nil }))
    #expect(outcomes["later"] == .answered(status: 202, payload: "late"))
    call("never")
    instance.stop()
    #expect(outcomes["never"] == .notFound(reason: "the module ended before it answered"))
}

@Test func `a timer fires again and again until it is stopped from its own callback`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static martlet_timer timer;
            static void fire(void *c) { if (++counter == 3) { host->log(me, 6, "three"); host->timer_stop(me, timer); } }
            static int start(void *self, martlet_bytes twin) {
                timer = host->timer_start(me, 1, 1, fire, NULL);
                return timer == 0;
            }
            """ + moduleTable(".create = create, .start = start, .destroy = destroy"))
    let instance = try fixture.started()
    #expect(run(fixture.loop, until: { fixture.recorder.log == ["three"] }))
    settle(fixture.loop)
    #expect(fixture.recorder.log == ["three"])
    instance.stop()
}

@Test func `two instances of one image share no static variables`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void receive(void *self, const martlet_message *m) {
                snprintf(text, sizeof text, "%d", ++counter);
                host->log(me, 6, text);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let other = Recorder()
    let first = try fixture.started()
    let second = try fixture.instance(other)
    try second.start(port: other)
    let message = Message(module: "x", output: "o", body: [])
    for _ in 0..<3 { _ = first.deliver(message, input: "i") }
    _ = second.deliver(message, input: "i")
    #expect(fixture.recorder.log == ["1", "2", "3"])
    #expect(other.log == ["1"])
    first.stop()
    second.stop()
}

@Test func `a restarted instance begins with fresh static variables`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void receive(void *self, const martlet_message *m) {
                snprintf(text, sizeof text, "%d", ++counter);
                host->log(me, 6, text);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    for _ in 0..<2 {
        let instance = try fixture.started()
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "i")
        instance.stop()
    }
    #expect(fixture.recorder.log == ["1", "destroyed", "1", "destroyed"])
}

@Test func `a library without the entry is refused`() throws {
    let fixture = try LibraryFixture("int unrelated(void) { return 0; }")
    #expect(
        try fixture.startError()
            == "the image does not export martlet_module; see martlet.h, or use type functions for a plain C library")
}

@Test func `a library with an undefined symbol is refused and the symbol is named`() throws {
    let fixture = try LibraryFixture("int missing_function(void); int unrelated(void) { return missing_function(); }")
    let error = try #require(try fixture.startError())
    #expect(error.hasPrefix("cannot load the image: ") && error.contains("missing_function"))
}

@Test func `a library of a newer ABI is refused and both versions are named`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + "static const martlet_module_api api = { .version = 2, .size = 1000, .create = create, .destroy = destroy };"
            + "const martlet_module_api *martlet_module(const martlet_host_api *h) { return &api; }")
    #expect(try fixture.startError() == "the image has module ABI version 2; this host has version 1")
}

@Test func `a library that finds the host too old is refused`() throws {
    let fixture = try LibraryFixture("const martlet_module_api *martlet_module(const martlet_host_api *h) { return NULL; }")
    #expect(try fixture.startError() == "the image refuses this host, whose module ABI is version 1")
}

@Test func `a table without destroy is refused`() throws {
    let fixture = try LibraryFixture(moduleCreate + "static void *unused(void) { return destroy; }" + moduleTable(".create = create"))
    #expect(try fixture.startError() == "the image's module table lacks create or destroy, which are required")
}

@Test func `a create that fails is told with what the module logged`() throws {
    let fixture = try LibraryFixture(
        """
        static void *create(const martlet_host_api *h, martlet_instance *i) { h->log(i, 3, "no sensor"); return NULL; }
        static void destroy(void *self) { abort(); }
        """ + moduleTable(".create = create, .destroy = destroy"))
    #expect(try fixture.startError() == "the module's create returned NULL; its log may say why")
    #expect(fixture.recorder.log == ["no sensor"])
}

@Test func `a start that fails is followed by destroy`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + "static int start(void *self, martlet_bytes twin) { return MARTLET_ERROR_FAILED; }"
            + moduleTable(".create = create, .start = start, .destroy = destroy"))
    #expect(try fixture.startError() == "the module's start returned -7 (failed)")
    #expect(fixture.recorder.log == ["destroyed"])
}

@Test func `wrong arguments are refused and do no harm`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void receive(void *self, const martlet_message *m) {
                martlet_message bad = *m;
                int results[8], n = 0;
                results[n++] = host->send(me, NULL, NULL, NULL);
                results[n++] = host->send(NULL, m, NULL, NULL);
                bad.size = 1; results[n++] = host->send(me, &bad, NULL, NULL); bad.size = sizeof bad;
                bad.name = NULL; results[n++] = host->send(me, &bad, NULL, NULL); bad.name = "o";
                bad.body.data = NULL; bad.body.size = 5; results[n++] = host->send(me, &bad, NULL, NULL); bad.body.size = 0;
                bad.property_count = 1; bad.properties = NULL; results[n++] = host->send(me, &bad, NULL, NULL);
                results[n++] = host->report(me, (martlet_bytes){"{", 1}, NULL, NULL);
                results[n++] = host->answer(me, (martlet_call *)me, 200, (martlet_bytes){NULL, 0}) == MARTLET_ERROR_NOT_FOUND ? -1 : 0;
                for (int i = 0; i < n; i++) if (results[i] != MARTLET_ERROR_ARGUMENT) abort();
                host->log(me, 6, NULL);
                host->log(me, 6, host->error_text(-99));
                if (host->timer_start(me, 1, 1, NULL, NULL) != 0 || host->timer_stop(me, 77) != MARTLET_ERROR_NOT_FOUND) abort();
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "i")
    #expect(fixture.recorder.sent.isEmpty)
    #expect(fixture.recorder.log.last == "an error of the module's own")
    instance.stop()
}
