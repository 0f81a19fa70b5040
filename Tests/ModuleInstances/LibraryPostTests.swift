import CPOSIX
import Foundation
import Messages
import TestSupport
import Testing
import UV

@testable import ModuleInstances

private let message = Message(module: "x", output: "o", body: [])

@Test func `posts of many threads run on the module's thread, those of each in order`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static pthread_t owner, threads[4];
            static int next[4], wrong, total;
            static void fire(void *context) {
                int value = (int)(intptr_t)context, thread = value / 1000;
                if (!pthread_equal(pthread_self(), owner) || next[thread]++ != value % 1000) wrong++;
                if (++total == 4000) { snprintf(text, sizeof text, "%d wrong", wrong); host->log(me, 6, text); }
            }
            static void *work(void *context) {
                for (int i = 0; i < 1000; i++)
                    while (host->post(me, fire, (void *)((intptr_t)context * 1000 + i)) != MARTLET_OK) usleep(100);
                return NULL;
            }
            static int start(void *self, martlet_bytes twin) {
                owner = pthread_self();
                for (intptr_t i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, (void *)i);
                return MARTLET_OK;
            }
            static void end(void *self) { for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL); }
            """ + moduleTable(".create = create, .start = start, .destroy = end"))
    let instance = try fixture.started()
    #expect(run(fixture.loop) { fixture.recorder.log == ["0 wrong"] })
    instance.stop()
}

@Test func `posts are bounded`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void fire(void *context) { if (++counter == 4096) host->log(me, 6, "all ran"); }
            static void receive(void *self, const martlet_message *m) {
                int taken = 0, result;
                while ((result = host->post(me, fire, NULL)) == MARTLET_OK) taken++;
                snprintf(text, sizeof text, "%d ran, %d taken, then %s", counter, taken, host->error_text(result));
                host->log(me, 6, text);
                if (host->post(me, NULL, NULL) != MARTLET_ERROR_ARGUMENT || host->post(NULL, fire, NULL) != MARTLET_ERROR_ARGUMENT) abort();
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    _ = instance.deliver(message, input: "i")
    #expect(run(fixture.loop) { fixture.recorder.log.last == "all ran" })
    _ = instance.deliver(message, input: "i")
    #expect(
        fixture.recorder.log == ["0 ran, 4096 taken, then a queue is full", "all ran", "4096 ran, 4096 taken, then a queue is full"])
    instance.stop()
}

@Test func `what was posted runs before destroy, and nothing is taken from then on`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void fire(void *context) {
                host->log(me, 6, context);
                if (host->post(me, fire, "never") == MARTLET_ERROR_FAILED) host->log(me, 6, "refused");
            }
            static void receive(void *self, const martlet_message *m) { host->post(me, fire, "fired"); }
            static void end(void *self) {
                if (host->post(me, fire, "never") == MARTLET_ERROR_FAILED) host->log(me, 6, "refused");
                destroy(self);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = end"))
    let instance = try fixture.started()
    _ = instance.deliver(message, input: "i")
    #expect(fixture.recorder.log == [])
    instance.stop()
    settle(fixture.loop)
    #expect(fixture.recorder.log == ["fired", "refused", "refused", "destroyed"])
}

@Test func `what is called on another thread is refused by name`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void never(void *context) { abort(); }
            static void done(void *context, int result, uint64_t version) { abort(); }
            static void answered(void *context, int result, int status, martlet_bytes payload) { abort(); }
            static void fd_never(void *context, int events) { abort(); }
            static void *work(void *context) {
                martlet_message m = { sizeof m, "o", { "x", 1 }, NULL, 0, NULL, 0 };
                martlet_bytes json = { "{}", 2 };
                int wrong = host->send(me, &m, done, NULL) != MARTLET_ERROR_THREAD;
                wrong += host->report(me, json, done, NULL) != MARTLET_ERROR_THREAD;
                wrong += host->twin(me).size != 0;
                wrong += host->invoke(me, "a", "b", json, 0, answered, NULL) != MARTLET_ERROR_THREAD;
                wrong += host->answer(me, NULL, 200, json) != MARTLET_ERROR_THREAD;
                wrong += host->timer_start(me, 0, 0, never, NULL) != 0;
                wrong += host->timer_stop(me, 1) != MARTLET_ERROR_THREAD;
                host->ready(me);
                wrong += host->watch_start(me, 0, MARTLET_READABLE, fd_never, NULL) != 0;
                wrong += host->watch_stop(me, 1) != MARTLET_ERROR_THREAD;
                char line[32] = "wrong: ";
                line[7] = (char)('0' + wrong);
                host->log(me, 6, line);
                memset(line, 'x', sizeof line - 1);
                return NULL;
            }
            static void receive(void *self, const martlet_message *m) {
                pthread_t thread;
                if (pthread_create(&thread, NULL, work, NULL) == 0) pthread_join(thread, NULL);
            }
            """ + moduleTable(".ready_later = 1, .create = create, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    _ = instance.deliver(message, input: "i")
    #expect(fixture.recorder.log == [])
    #expect(run(fixture.loop) { fixture.recorder.log.last == "wrong: 0" })
    let functions = ["send", "report", "twin", "invoke", "answer", "timer_start", "timer_stop", "ready", "watch_start", "watch_stop"]
    let lines = functions.map { "\($0): called on another thread than the module's; use post to get there" }
    #expect(fixture.recorder.log.map(\.string) == lines + ["wrong: 0"])
    #expect(!fixture.recorder.isReady && fixture.recorder.sent.isEmpty && fixture.recorder.reported.isEmpty)
    instance.stop()
}

@Test func `a thread's last words are logged`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static pthread_t thread;
            static void never(void *context) { abort(); }
            static void *work(void *context) {
                while (host->post(me, (martlet_fire)getpid, NULL) != MARTLET_ERROR_FAILED) usleep(100);
                host->log(me, 6, "good bye");
                return NULL;
            }
            static int start(void *self, martlet_bytes twin) { return pthread_create(&thread, NULL, work, NULL); }
            static void end(void *self) { pthread_join(thread, NULL); }
            """ + moduleTable(".create = create, .start = start, .destroy = end"))
    let instance = try fixture.started()
    instance.stop()
    #expect(fixture.recorder.log == ["good bye"])
}

/// The threads of one test, which have a name, among those of all others.
private func guests(_ name: String) -> ThreadLedger {
    ThreadLedger {
        let folder = "/proc/self/task"
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { (try? String(contentsOfFile: "\(folder)/\($0)/comm", encoding: .utf8)) == name + "\n" }.compactMap { Int32($0) }
    }
}

@Test func `a thread that is joined in destroy keeps nothing in memory`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + """
            static pthread_t thread;
            static int ends[2];
            static void *work(void *context) { char c; prctl(PR_SET_NAME, "guest-joined"); return (void *)read(ends[0], &c, 1); }
            static int start(void *self, martlet_bytes twin) {
                return pipe(ends) != 0 || pthread_create(&thread, NULL, work, NULL) != 0;
            }
            static void end(void *self) { (void)!write(ends[1], "x", 1); pthread_join(thread, NULL); destroy(self); }
            """ + moduleTable(".create = create, .start = start, .destroy = end"), threads: guests("guest-joined"))
    let first = try fixture.copy().path
    for _ in 0..<20 {
        try fixture.started().stop()
    }
    #expect(fixture.recorder.log == Array(repeating: "destroyed", count: 20))
}

@Test func `a thread that outlives destroy keeps the library in memory and may go on posting`() throws {
    var toThread: [Int32] = [0, 0]
    var fromThread: [Int32] = [0, 0]
    try #require(pipe(&toThread) == 0 && pipe(&fromThread) == 0)
    defer { for end in toThread + fromThread { close(end) } }
    let fixture = try LibraryFixture(
        moduleCreate + """
            static void never(void *context) { abort(); }
            static void *work(void *context) {
                char c;
                while (read(\(toThread[0]), &c, 1) == 1) {
                    martlet_message m = { sizeof m, "o", { "x", 1 }, NULL, 0, NULL, 0 };
                    host->log(me, 6, "nobody hears this");
                    c = host->post(me, never, NULL) == MARTLET_ERROR_FAILED && host->send(me, &m, NULL, NULL) == MARTLET_ERROR_THREAD;
                    (void)!write(\(fromThread[1]), &c, 1);
                }
                return NULL;
            }
            static void receive(void *self, const martlet_message *m) {
                pthread_t thread;
                pthread_create(&thread, NULL, work, NULL);
            }
            """ + moduleTable(".create = create, .receive = receive, .destroy = destroy"), threads: .shared)
    do {
        let instance = try fixture.started()
        _ = instance.deliver(message, input: "i")
        instance.stop()
    }
    #expect(
        fixture.recorder.log == [
            "destroyed",
            "a thread of the module still runs after destroy, so its library stays in memory; end and join threads in destroy",
        ])
    let path = try fixture.copy().path
    #expect(!SharedLibrary.isLoaded(path: path), "the file of the library that stayed is not given to another instance")
    for _ in 0..<2 {
        var byte: UInt8 = 0
        #expect(write(toThread[1], &byte, 1) == 1)
        #expect(read(fromThread[0], &byte, 1) == 1)
        #expect(byte == 1)
    }
    settle(fixture.loop)
    #expect(fixture.recorder.log.count == 2)
}
