import Deployment
import Foundation
import JSON
import ModuleImages
import TestSupport
import Testing
import UV

@testable import ModuleInstances

/// A meter as somebody sells it: opened and closed, with a thread that calls back. It writes down what is done to it.
private let meterSource = """
    #include <pthread.h>
    #include <stdatomic.h>
    #include <stdint.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <time.h>
    typedef void (*reading)(int32_t number, const char *text, void *user);
    static FILE *notes;
    static pthread_t thread;
    static atomic_int is_running;
    static reading callback;
    static void *context;

    int meter_open(const char *path) { notes = fopen(path, "a"); if (!notes) return -1; fputs("open ", notes); return 0; }
    void meter_close(const char *word) { fprintf(notes, "close %s", word); fclose(notes); }
    static void *run(void *unused) {
        for (int n = 0; atomic_load(&is_running); n++) {
            const struct timespec pause = {0, 1000000};
            callback(n, "tick", context);
            nanosleep(&pause, NULL);
        }
        return unused;
    }
    int meter_on(reading cb, void *user) {
        if (notes) fputs("on ", notes);
        callback = cb;
        context = user;
        atomic_store(&is_running, 1);
        return pthread_create(&thread, NULL, run, NULL);
    }
    int meter_quit(void) { atomic_store(&is_running, 0); return pthread_join(thread, NULL); }
    void meter_off(reading cb, void *user) {
        meter_quit();
        cb(-1, NULL, user);
        if (notes) fputs(cb == callback && user == context ? "off " : "wrong ", notes);
    }
    int meter_refuse(reading cb, void *user) { (void)cb; (void)user; if (notes) fputs("refused ", notes); return -5; }
    void meter_at_once(void (*cb)(void *), void *user) { cb(user); cb(user); }
    void meter_flood(void (*cb)(const uint8_t *, size_t, void *), void *user) {
        static uint8_t data[100];
        for (int n = 0; n < 20000; n++) cb(data, sizeof data, user);
    }
    void meter_none(void (*cb)(const uint8_t *, size_t, void *), void *user) { (void)cb; (void)user; }
    void meter_large(void (*cb)(const uint8_t *, size_t, void *), void *user) {
        static uint8_t data[200000];
        cb(data, sizeof data, user);
        cb(data, sizeof data, user);
        cb(data, 1, user);
    }
    void meter_late(void) { callback(-2, "late", context); }
    static void *sleep_on(void *unused) { for (;;) nanosleep(&(struct timespec){3600, 0}, NULL); return unused; }
    int meter_leak(void) { pthread_t forever; return pthread_create(&forever, NULL, sleep_on, NULL); }
    int64_t meter_count(void) { static int64_t count; return ++count; }
    """

private let meterFunctions: JSON = [
    "open": ["symbol": "meter_open", "arguments": ["string"], "returns": "int32"],
    "close": ["symbol": "meter_close", "arguments": ["string"], "returns": "void"],
    "late": ["symbol": "meter_late", "arguments": [], "returns": "void"],
    "leak": ["symbol": "meter_leak", "arguments": [], "returns": "int32"],
    "count": ["symbol": "meter_count", "arguments": [], "returns": "int64"],
]

/// An instance of the meter, on a loop, that reports to a recorder.
private final class Fixture {
    let folder = TemporaryFolder()
    let loop: Loop
    let recorder = Recorder()
    let copy: ImageCopy
    let instance: FunctionsInstance

    init(_ settings: JSONObject, threads: ThreadLedger? = nil) throws {
        loop = try Loop()
        let path = try compileSharedLibrary(source: meterSource, named: "libmeter.so", in: folder)
        copy = ImageCopy(path: path)
        var settings = settings
        settings["functions"] = meterFunctions
        // The calls write into the folder of the test.
        for name: Text in ["initial", "final"] {
            guard let steps = settings[name]?.array else { continue }
            settings[name] = .array(steps.map { [folder] in $0["function"] == "open" ? written($0, to: folder) : $0 })
        }
        let binding = try LibraryBinding.reading(settings).get()
        instance = FunctionsInstance(loop: loop, copy: copy, binding: binding, threads: threads, marks: nil, observer: recorder)
    }

    func startError() throws -> InstanceError? {
        do throws(InstanceError) {
            try instance.start(port: recorder)
            return nil
        } catch {
            return error
        }
    }

    var notes: String { (try? String(contentsOfFile: folder.path("notes"), encoding: .utf8)) ?? "" }

    func bodies(of output: Text) throws -> [JSON] {
        try recorder.sent.filter { $0.output == output }.map { try JSON.parse($0.body) }
    }

    deinit { loop.close() }
}

private func written(_ step: JSON, to folder: TemporaryFolder) -> JSON {
    var step = step.object ?? [:]
    step["arguments"] = [.string(Text(folder.path("notes")))]
    return .object(step)
}

private let openStep: JSON = ["function": "open", "arguments": [""], "expect": 0]
private let closeStep: JSON = ["function": "close", "arguments": ["end"]]

private func callback(_ subscribe: Text, _ unsubscribe: Text? = "meter_off", _ more: JSONObject = [:]) -> JSON {
    var callback: JSONObject = [
        "subscribe": .string(subscribe), "arguments": ["int32", "string", "user"], "output": "readings",
    ]
    callback["unsubscribe"] = unsubscribe.map { .string($0) }
    for member in more { callback[member.key] = member.value }
    return .object(callback)
}

@Test func `an instance starts and stops its library in order, and loses nothing that was called`() throws {
    let fixture = try Fixture([
        "initial": [openStep], "callbacks": ["reading": callback("meter_on")],
        "polls": [["function": "count", "everyMs": 1, "output": "counts"]], "final": [closeStep],
    ])
    try fixture.instance.start(port: fixture.recorder)
    #expect(fixture.recorder.isReady)
    #expect(run(fixture.loop) { fixture.recorder.sent.filter { $0.output == "readings" }.count >= 3 && fixture.recorder.sent.count >= 5 })

    fixture.instance.stop()
    #expect(fixture.recorder.end == .exited(code: 0))
    #expect(fixture.notes == "open on off close end")
    let readings = try fixture.bodies(of: "readings")
    #expect(readings.last == ["arguments": [-1, nil]])
    #expect(readings.dropLast() == (0..<readings.count - 1).map { ["arguments": [.integer(Int64($0)), "tick"]] }[...])
    #expect(try fixture.bodies(of: "counts").first == ["value": 1])
    #expect(fixture.recorder.sent.allSatisfy { $0.module == "m" && $0.systemProperty("contentType") == "application/json" })
    #expect(fixture.recorder.log.isEmpty)
    #expect(!SharedLibrary.isLoaded(path: fixture.copy.path) && !fixture.copy.isRetired)
    let count = fixture.recorder.sent.count
    settle(fixture.loop)
    #expect(fixture.recorder.sent.count == count)
}

@Test func `an initial call that returns something else is a failed start that may go well later`() throws {
    let fixture = try Fixture([
        "initial": [openStep, ["function": "count", "expect": 2]], "callbacks": ["reading": callback("meter_on")], "final": [closeStep],
    ])
    let error = try #require(try fixture.startError())
    #expect(error.reason == "initial[1]: function \"count\" returned 1, and 2 is expected")
    #expect(!error.isLasting && !fixture.recorder.isReady)
    #expect(fixture.notes == "")  // Not written yet, for nothing was closed; nothing was subscribed either.
    #expect(!SharedLibrary.isLoaded(path: fixture.copy.path))
}

@Test func `a callback that is refused ends those before it`() throws {
    let fixture = try Fixture([
        "callbacks": ["good": callback("meter_on"), "bad": callback("meter_refuse", "meter_off", ["expect": 0])], "final": [closeStep],
    ])
    let error = try #require(try fixture.startError())
    #expect(error.reason == "callback \"bad\": meter_refuse returned -5, and 0 is expected")
    #expect(!error.isLasting && !fixture.recorder.isReady)
    // The good one's thread was joined, or the library could not be unloaded.
    #expect(!SharedLibrary.isLoaded(path: fixture.copy.path))
}

@Test func `a library that cannot be unsubscribed stays in memory, and may call on`() throws {
    let fixture = try Fixture(["callbacks": ["reading": callback("meter_on", nil)]])
    try fixture.instance.start(port: fixture.recorder)
    #expect(run(fixture.loop) { fixture.recorder.sent.count >= 2 })
    fixture.instance.stop()
    let count = fixture.recorder.sent.count
    #expect(fixture.recorder.end == .exited(code: 0))
    #expect(SharedLibrary.isLoaded(path: fixture.copy.path) && fixture.copy.isRetired)

    // Its thread goes on calling until the library's own end.
    var isLater = false
    let later = Timer(fixture.loop)
    later.start(afterMs: 20) { isLater = true }
    #expect(run(fixture.loop) { isLater })
    let library = try SharedLibrary(path: fixture.copy.path)
    let quit = try #require(library.symbol("meter_quit"))
    #expect(unsafeBitCast(quit, to: (@convention(c) () -> Int32).self)() == 0)
    #expect(fixture.recorder.sent.count == count)
}

@Test func `what a library calls in its final calls is dropped, and does no harm`() throws {
    let fixture = try Fixture(["callbacks": ["reading": callback("meter_on")], "final": [["function": "late"]]])
    try fixture.instance.start(port: fixture.recorder)
    #expect(run(fixture.loop) { fixture.recorder.sent.count >= 2 })
    fixture.instance.stop()
    #expect(try fixture.bodies(of: "readings").last == ["arguments": [-1, nil]])
    #expect(fixture.recorder.log.isEmpty && !SharedLibrary.isLoaded(path: fixture.copy.path))
}

@Test func `a flood that waits is sent before the final calls`() throws {
    let flood: JSON = ["subscribe": "meter_flood", "unsubscribe": "meter_none", "arguments": ["bytes", "user"], "output": "readings"]
    let fixture = try Fixture(["callbacks": ["flood": flood]])
    try fixture.instance.start(port: fixture.recorder)
    fixture.instance.stop()
    let lost = 20_000 - fixture.recorder.sent.count
    #expect(fixture.recorder.log == ["callbacks: \(lost) calls were dropped until now, the last because more than 1 MiB of calls waited"])
    #expect(lost < 20_000 && !SharedLibrary.isLoaded(path: fixture.copy.path))
}

@Test func `a library in which a thread still runs stays in memory, and the log says so`() throws {
    // Other tests have threads too: the thread that is left is one only the ledger of this test knows.
    final class Threads: @unchecked Sendable { var all: [Int32] = [1] }
    let threads = Threads()
    let fixture = try Fixture(
        ["initial": [["function": "leak", "expect": 0]], "callbacks": ["reading": callback("meter_on")]],
        threads: ThreadLedger {
            defer { threads.all = [1, 2] }
            return threads.all
        })
    try fixture.instance.start(port: fixture.recorder)
    fixture.instance.stop()
    #expect(fixture.recorder.end == .exited(code: 0))
    #expect(
        fixture.recorder.log == [
            "a thread of the library still runs after the final calls, so it stays in memory; end and join threads there"
        ])
    #expect(SharedLibrary.isLoaded(path: fixture.copy.path) && fixture.copy.isRetired)
}

@Test func `a library may call while it is subscribed`() throws {
    let fixture = try Fixture(["callbacks": ["once": ["subscribe": "meter_at_once", "arguments": ["user"], "output": "readings"]]])
    try fixture.instance.start(port: fixture.recorder)
    #expect(fixture.recorder.sent.isEmpty)
    #expect(run(fixture.loop) { fixture.recorder.sent.count == 2 })
    #expect(try fixture.bodies(of: "readings") == [["arguments": []], ["arguments": []]])
    fixture.instance.stop()
}

@Test func `a flood is bounded, and the log says how many were lost`() throws {
    let flood: JSON = ["subscribe": "meter_flood", "arguments": ["bytes", "user"], "output": "readings"]
    let fixture = try Fixture(["callbacks": ["flood": flood]])
    try fixture.instance.start(port: fixture.recorder)
    #expect(run(fixture.loop) { !fixture.recorder.sent.isEmpty })
    #expect(fixture.recorder.sent.count <= 256, "others have their turn between them")
    #expect(
        run(fixture.loop) {
            let lost = 20_000 - fixture.recorder.sent.count
            return fixture.recorder.log
                == ["callbacks: \(lost) calls were dropped until now, the last because more than 1 MiB of calls waited"]
        }, "\(fixture.recorder.sent.count) \(fixture.recorder.log)")
    fixture.instance.stop()
}

@Test func `a call that makes a message too large is refused with a line, once`() throws {
    let large: JSON = ["subscribe": "meter_large", "arguments": ["bytes", "user"], "output": "readings"]
    let fixture = try Fixture(["callbacks": ["large": large]])
    try fixture.instance.start(port: fixture.recorder)
    #expect(run(fixture.loop) { !fixture.recorder.sent.isEmpty })
    #expect(fixture.recorder.sent.count == 1)
    #expect(fixture.recorder.log.count == 1)
    #expect(fixture.recorder.log.first?.hasPrefix("output \"readings\": the message has 266") == true, "\(fixture.recorder.log)")
    fixture.instance.stop()
}

@Test func `a final call that goes wrong is a line of the log`() throws {
    let fixture = try Fixture(["final": [["function": "count", "expect": 7], ["function": "close", "arguments": ["never"]]]])
    try fixture.instance.start(port: fixture.recorder)
    fixture.instance.stop()
    #expect(fixture.recorder.end == .exited(code: 0))
    #expect(fixture.recorder.log == ["final[0]: function \"count\" returned 1, and 7 is expected"])
}
