import Deployment
import Foundation
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// What a module does to its process stays there.
@Suite struct `In a process of its own` {
    private func end(_ functions: String, _ members: String, create: String = IsolatedSource.create, limits: ProcessLimits? = nil) throws
        -> (end: InstanceEnd?, log: [Text])
    {
        let fixture = try IsolatedFixture(.process, IsolatedSource.module(functions, members, create: create))
        let instance = try fixture.started {
            $0.limits = limits
            // The ordinary build would print a backtrace, for which it takes its time.
            $0.environment = [EnvironmentVariable(name: "SWIFT_BACKTRACE", value: "enable=no")]
        }
        instance.desired(["$version": 2], version: 2)
        instance.invoke(MethodCall(method: "m", payload: nil) { _ in })
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "in")
        #expect(fixture.until { fixture.recorder.end != nil })
        return (fixture.recorder.end, fixture.recorder.log)
    }

    private static let callbacks = ["create", "start", "receive", "desired", "invoke", "timer", "watch", "post", "done", "answer"]

    @Test(arguments: callbacks, ["crash", "exit", "abort"])
    func `a module that ends its process in a callback ends nothing else`(_ place: String, _ how: String) throws {
        let act = ["crash": "*(volatile int *)0 = 1;", "exit": "exit(3);", "abort": "abort();"][how] ?? ""
        let functions = """
            static void timer(void *context) { \(place == "timer" ? act : "") }
            static void watch(void *context, int events) { \(place == "watch" ? act : "") }
            static void post(void *context) { \(place == "post" ? act : "") }
            static void done(void *context, int result, uint64_t version) { \(place == "done" ? act : "") }
            static void answer(void *context, int result, int status, martlet_bytes payload) { \(place == "answer" ? act : "") }
            static int start(void *self, martlet_bytes twin) {
                int ends[2];
                host->timer_start(me, 1, 0, timer, 0);
                if (pipe(ends) == 0) host->watch_start(me, ends[1], MARTLET_WRITABLE, watch, 0);
                host->post(me, post, 0);
                host->report(me, bytes("{}"), done, 0);
                host->invoke(me, "x", "y", bytes("1"), 0, answer, 0);
                \(place == "start" ? act : "")
                return MARTLET_OK;
            }
            static void receive(void *self, const martlet_message *m) { \(place == "receive" ? act : "") }
            static void desired(void *self, martlet_bytes patch, uint64_t version) { \(place == "desired" ? act : "") }
            static int invoke(void *self, const char *method, martlet_bytes payload, martlet_call *call) {
                \(place == "invoke" ? act : "") return host->answer(me, call, 200, payload);
            }
            """
        let create = """
            static void *create(const martlet_host_api *h, martlet_instance *i) { host = h; me = i; \(place == "create" ? act : "") return &me; }
            static void destroy(void *self) {}
            """
        let table = ".create = create, .start = start, .receive = receive, .desired = desired, .invoke = invoke, .destroy = destroy"
        let ends: [String: InstanceEnd] = ["crash": .signalled(SIGSEGV), "exit": .exited(code: 3), "abort": .signalled(SIGABRT)]
        #expect(try end(functions, table, create: create).end == ends[how])
    }

    @Test func `a module that crashes while it is loaded, or destroyed, ends nothing else`() throws {
        let loaded = try IsolatedFixture(
            .process, "#include <stdlib.h>\n__attribute__((constructor)) static void load(void) { abort(); }\n")
        _ = try loaded.started()
        #expect(loaded.until { loaded.recorder.end == .signalled(SIGABRT) })
        let create = IsolatedSource.create.replacingOccurrences(of: #"say("destroyed");"#, with: "abort();")
        let ended = try IsolatedFixture(.process, IsolatedSource.module("", ".create = create, .destroy = destroy", create: create))
        let instance = try ended.started()
        #expect(ended.until { ended.recorder.isReady })
        instance.stop()
        #expect(ended.until { ended.recorder.end == .signalled(SIGABRT) })
    }

    @Test func `an endless loop is ended when the host wants it`() throws {
        let fixture = try IsolatedFixture(
            .process,
            IsolatedSource.module(
                "static void receive(void *s, const martlet_message *m) { say(\"looping\"); for (;;) ; }",
                ".create = create, .receive = receive, .destroy = destroy"))
        let instance = try fixture.started()
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "in")
        #expect(fixture.until { fixture.recorder.log == ["looping"] })
        instance.stop()
        instance.kill()
        #expect(fixture.until { fixture.recorder.end == .signalled(SIGKILL) })
    }

    @Test func `what the library prints is log`() throws {
        let (end, log) = try end(
            "static void receive(void *s, const martlet_message *m) { puts(\"plain\"); fflush(stdout); fputs(\"error\\n\", stderr); _exit(0); }",
            ".create = create, .receive = receive, .destroy = destroy")
        #expect(end == .exited(code: 0))
        #expect(log == ["plain", "error"])
    }

    @Test func `processor time is limited, and the reason says so`() throws {
        let (end, _) = try end(
            "static void receive(void *s, const martlet_message *m) { for (;;) ; }",
            ".create = create, .receive = receive, .destroy = destroy",
            limits: ProcessLimits(cpuSeconds: 1))
        #expect(end == .signalled(SIGXCPU))
        #expect(
            InstanceEnd.reason(signal: SIGXCPU, ProcessLimits(cpuSeconds: 1))
                == "ended by signal 24 (SIGXCPU), as it used its cpuSeconds limit of 1")
        #expect(InstanceEnd.reason(signal: SIGKILL, nil) == "ended by signal 9 (SIGKILL)")
        #expect(
            InstanceEnd.reason(signal: SIGABRT, ProcessLimits(memory: 1 << 20))
                == "ended by signal 6 (SIGABRT); its memory limit is 1048576 bytes")
        #expect(InstanceEnd.reason(signal: 123, nil) == "ended by signal 123")
    }

    @Test func `memory and descriptors are limited`() throws {
        let (end, log) = try end(
            """
            #include <fcntl.h>
            static void receive(void *s, const martlet_message *m) {
                int files = 0, blocks = 0;
                while (open("/dev/null", O_RDONLY) >= 0) files++;
                char *block;
                while ((block = malloc(1 << 20))) { memset(block, 1, 1 << 20); blocks++; }
                snprintf(text, sizeof text, "%d %d", files < 40, blocks < 100);
                say(text);
                _exit(0);
            }
            """, ".create = create, .receive = receive, .destroy = destroy", limits: ProcessLimits(memory: 100 << 20, files: 40))
        #expect(end == .exited(code: 0))
        #expect(log == ["1 1"])
    }

    @Test func `children get the soft limit of descriptors back that the host was started with`() throws {
        ChildLimits.raiseDescriptors()
        var now = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &now)
        let before = ChildLimits(nil).argument.split(separator: ",").first
        #expect(before.flatMap { UInt64($0) } ?? 0 <= now.rlim_cur)
        let (_, log) = try end(
            """
            #include <sys/resource.h>
            static void receive(void *s, const martlet_message *m) {
                struct rlimit l;
                getrlimit(RLIMIT_NOFILE, &l);
                snprintf(text, sizeof text, "%ld", (long)l.rlim_cur);
                say(text);
                _exit(0);
            }
            """, ".create = create, .receive = receive, .destroy = destroy")
        #expect(log.first?.string == before.map { String($0) })
    }

    /// Closes the way to the host, as programs do that become daemons.
    private static let closing = """
        #include <sys/stat.h>
        static void receive(void *s, const martlet_message *m) {
            struct stat status;
            for (int i = 3; i < 64; i++) if (fstat(i, &status) == 0 && S_ISSOCK(status.st_mode)) close(i);
            SAY
        }
        """

    @Test func `a module that closes the way to the host is ended, and the log says so where it speaks`() throws {
        let table = ".create = create, .receive = receive, .destroy = destroy"
        let speaks = try end(Self.closing.replacingOccurrences(of: "SAY", with: #"say("hello");"#), table)
        #expect(speaks.end == .exited(code: 1) && speaks.log == ["cannot write to the host: Bad file descriptor"])
        let silent = Self.closing.replacingOccurrences(of: "SAY", with: "")
        let fixture = try IsolatedFixture(.process, IsolatedSource.module(silent, table))
        let instance = try fixture.started()
        #expect(fixture.until { fixture.recorder.isReady })
        _ = instance.deliver(Message(module: "x", output: "o", body: []), input: "in")
        #expect(fixture.until { fixture.recorder.end == .signalled(SIGTERM) })
    }

    @Test(arguments: [
        "\\001\\000\\000\\000\\143", "\\377\\377\\377\\377", "hello world",
        "\\012\\000\\000\\000\\027\\001\\001\\001\\001\\001\\001\\001\\001\\001",
    ])
    func `what is no frame ends the child that says it, and nothing else`(_ bytes: String) throws {
        let loop = try Loop()
        defer { loop.close() }
        let recorder = Recorder()
        let plan = ProcessPlan(
            file: "/bin/sh", arguments: ["sh", "-c", "printf '\(bytes)'; sleep 1000"], environment: ["PATH=/usr/bin:/bin"],
            marker: UUID().uuidString, workingDirectory: "/", speaksStdio: true)
        let process = ModuleProcess(loop: loop, plan: plan, observer: recorder)
        let instance = RemoteInstance(
            loop: loop, channel: ProcessChannel(process), request: InstanceRequest(.library(isolation: .process), path: "/x"),
            observer: recorder)
        try instance.start(port: recorder)
        #expect(run(loop) { recorder.end != nil })
        guard case .failed(let reason) = recorder.end else {
            Issue.record("\(String(describing: recorder.end))")
            return
        }
        #expect(reason.hasPrefix("what it sends to the host is not understood: ") || reason.hasPrefix("it gives back "))
    }
}
