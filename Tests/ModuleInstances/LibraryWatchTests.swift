import Messages
import TestSupport
import Testing

@testable import ModuleInstances

/// One end of `ends` is watched, and what happens is logged as a number: the sum of the events.
private let watching = """
    static int ends[2];
    static martlet_watch watch;
    static int kept = 1;
    static void fire(void *context, int events) {
        char bytes[16];
        ssize_t count = events & MARTLET_READABLE ? read(*(int *)context, bytes, sizeof bytes) : 0;
        snprintf(text, sizeof text, "%d %d", events, (int)count);
        host->log(me, 6, text);
        if (count <= 0 && events != MARTLET_BROKEN) host->watch_stop(me, watch);
    }

    """

private let message = Message(module: "x", output: "o", body: [])

@Test func `what comes through a pipe is told, and its end`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                if (pipe(ends) != 0) return MARTLET_ERROR_FAILED;
                watch = host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]);
                return watch == 0;
            }
            static void receive(void *self, const martlet_message *m) {
                if (m->body.size > 0) (void)!write(ends[1], m->body.data, m->body.size);
                else close(ends[1]);
            }
            """ + moduleTable(".create = create, .start = start, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    settle(fixture.loop)
    #expect(fixture.recorder.log == [])
    _ = instance.deliver(Message(module: "x", output: "o", body: [1, 2, 3]), input: "i")
    #expect(run(fixture.loop) { fixture.recorder.log == ["1 3"] })
    _ = instance.deliver(message, input: "i")
    #expect(run(fixture.loop) { fixture.recorder.log == ["1 3", "1 0"] })
    settle(fixture.loop)
    #expect(fixture.recorder.log == ["1 3", "1 0"])
    instance.stop()
}

@Test func `a socket is writable, and its other end hangs up`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return MARTLET_ERROR_FAILED;
                watch = host->watch_start(me, ends[0], MARTLET_WRITABLE, fire, &ends[0]);
                return watch == 0;
            }
            static void receive(void *self, const martlet_message *m) {
                watch = host->watch_start(me, ends[0], MARTLET_HANG_UP, fire, &ends[0]);
                close(ends[1]);
            }
            """ + moduleTable(".create = create, .start = start, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    #expect(run(fixture.loop) { fixture.recorder.log == ["2 0"] })
    _ = instance.deliver(message, input: "i")
    #expect(run(fixture.loop) { fixture.recorder.log == ["2 0", "4 0"] })
    settle(fixture.loop)
    #expect(fixture.recorder.log.count == 2)
    instance.stop()
}

@Test func `a descriptor with an error ends its watch`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                if (pipe(ends) != 0) return MARTLET_ERROR_FAILED;
                while (write(ends[1], text, sizeof text) == sizeof text) if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) abort();
                watch = host->watch_start(me, ends[1], MARTLET_WRITABLE, fire, &ends[1]);
                close(ends[0]);
                return watch == 0;
            }
            static void receive(void *self, const martlet_message *m) {
                if (host->watch_stop(me, watch) == MARTLET_ERROR_NOT_FOUND) host->log(me, 6, "ended");
            }
            """ + moduleTable(".create = create, .start = start, .receive = receive, .destroy = destroy"))
    let instance = try fixture.started()
    #expect(run(fixture.loop) { fixture.recorder.log == ["16 0"] })
    settle(fixture.loop)
    _ = instance.deliver(message, input: "i")
    #expect(fixture.recorder.log == ["16 0", "ended"])
    instance.stop()
}

@Test func `what cannot be watched is refused, and the log says why`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                int file = open("/proc/self/exe", O_RDONLY), many = 0;
                if (host->watch_start(me, file, MARTLET_READABLE, fire, NULL) != 0) abort();
                if (host->watch_start(me, 99999, MARTLET_READABLE, fire, NULL) != 0) abort();
                if (host->watch_start(me, -1, MARTLET_READABLE, fire, NULL) != 0) abort();
                if (host->watch_start(me, 0, 0, fire, NULL) != 0) abort();
                if (host->watch_start(me, 0, 32, fire, NULL) != 0) abort();
                if (pipe(ends) != 0) return MARTLET_ERROR_FAILED;
                if (host->watch_start(me, ends[0], MARTLET_READABLE, NULL, NULL) != 0) abort();
                while (host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]) != 0) many++;
                snprintf(text, sizeof text, "%d", many);
                host->log(me, 6, text);
                return host->watch_stop(me, 77) != MARTLET_ERROR_NOT_FOUND;
            }
            """ + moduleTable(".create = create, .start = start, .destroy = destroy"))
    let instance = try fixture.started()
    let log = fixture.recorder.log
    try #require(log.count == 7)
    #expect(log[0].hasPrefix("watch_start: descriptor ") && log[0].string.hasSuffix("cannot be watched: EPERM: operation not permitted"))
    #expect(log[1] == "watch_start: descriptor 99999 cannot be watched: EBADF: bad file descriptor")
    #expect(log[2] == "watch_start: descriptor -1 cannot be watched: EBADF: bad file descriptor")
    let sum = "not a sum of MARTLET_READABLE, _WRITABLE, _HANG_UP and _PRIORITY"
    #expect(log[3].string == "watch_start: the events are 0, \(sum)")
    #expect(log[4].string == "watch_start: the events are 32, \(sum)")
    #expect(log[5] == "watch_start: more than 64 watches")
    #expect(log[6] == "64")
    instance.stop()
}

@Test func `a module may close a descriptor that it watches`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                if (pipe(ends) != 0) return MARTLET_ERROR_FAILED;
                host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]);
                close(ends[0]);
                close(ends[1]);
                if (pipe(ends) != 0) return MARTLET_ERROR_FAILED;
                watch = host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]);
                return watch == 0;
            }
            """ + moduleTable(".create = create, .start = start, .destroy = destroy"))
    let instance = try fixture.started()
    settle(fixture.loop)
    instance.stop()
    #expect(fixture.recorder.log.last == "destroyed")
}

@Test func `watches end with the instance, and the descriptor stays the module's`() throws {
    let fixture = try LibraryFixture(
        moduleCreate + watching + """
            static int start(void *self, martlet_bytes twin) {
                if (pipe(ends) != 0 || write(ends[1], "x", 1) != 1) return MARTLET_ERROR_FAILED;
                return host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]) == 0;
            }
            static void end(void *self) {
                char byte;
                if (host->watch_start(me, ends[0], MARTLET_READABLE, fire, &ends[0]) == 0) host->log(me, 6, "refused");
                if (read(ends[0], &byte, 1) == 1) host->log(me, 6, "still open");
                if (close(ends[0]) == 0 && close(ends[1]) == 0) destroy(self);
            }
            """ + moduleTable(".create = create, .start = start, .destroy = end"))
    let instance = try fixture.started()
    instance.stop()
    settle(fixture.loop)
    #expect(fixture.recorder.log == ["still open", "destroyed"])
}
