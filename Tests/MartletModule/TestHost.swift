import CMartlet
import Foundation
import MartletModule

/// The host's side of the ABI, as C sees it: a table of functions that write down what a module asked for.
final class TestHost {
    struct Sent {
        var output: String
        var body: String
        var properties: [String]
        var systemProperties: [String]
        var wantsDone: Bool
    }

    private struct RunningTimer {
        var number: martlet_timer
        var every: UInt64
        var fire: martlet_fire?
        var context: UnsafeMutableRawPointer?
    }

    private struct RunningWatch {
        var number: martlet_watch
        var descriptor: Int32
        var events: Int32
        var fire: martlet_watch_fire?
        var context: UnsafeMutableRawPointer?
    }

    var sent: [Sent] = []
    var reports: [String] = []
    var answers: [String] = []
    var lines: [String] = []
    var calls: [String] = []
    var isReady = false
    var twin = #"{"desired":{"$version":1},"reported":{"$version":1}}"#
    /// What the host's functions return.
    var result = Int32(MARTLET_OK)
    private var dones: [(martlet_done?, UnsafeMutableRawPointer?)] = []
    private var waiting: [(martlet_answer?, UnsafeMutableRawPointer?)] = []
    private var timers: [RunningTimer] = []
    private var lastTimer: martlet_timer = 0
    private var watches: [RunningWatch] = []
    private let lock = NSLock()
    private var posts: [(martlet_fire?, UnsafeMutableRawPointer?)] = []
    private let twinCopy = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
    private let table = UnsafeMutablePointer<martlet_host_api>.allocate(capacity: 1)

    var timerCount: Int { timers.count }
    /// `descriptor: events` of each watch that runs.
    var watched: [String] { watches.map { "\($0.descriptor): \($0.events)" } }

    init() {
        table.initialize(to: Self.functions)
    }

    deinit {
        table.deallocate()
        twinCopy.deallocate()
    }

    var api: HostTable { HostTable(table) }
    var instance: OpaquePointer { OpaquePointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// Changes the table, before a module sees it.
    func change(_ change: (inout martlet_host_api) -> Void) { change(&table.pointee) }

    func finishAll(_ result: Int32 = Int32(MARTLET_OK), version: UInt64 = 0) {
        let all = dones
        dones = []
        for (done, context) in all { done?(context, result, version) }
    }

    func answerAll(_ result: Int32, _ status: Int32, _ payload: String) {
        let all = waiting
        waiting = []
        Array(payload.utf8).withUnsafeBytes { bytes in
            for (answer, context) in all {
                answer?(context, result, status, martlet_bytes(data: bytes.baseAddress, size: bytes.count))
            }
        }
    }

    /// Fires every timer that runs now; one that does not repeat is gone before.
    func fireAll() {
        for timer in timers where timers.contains(where: { $0.number == timer.number }) {
            if timer.every == 0 { timers.removeAll { $0.number == timer.number } }
            timer.fire?(timer.context)
        }
    }

    /// Tells every watch of these events; `MARTLET_BROKEN` ends it before.
    func fireWatches(_ events: Int32) {
        let all = watches
        if events == Int32(MARTLET_BROKEN) { watches = [] }
        for watch in all { watch.fire?(watch.context, events) }
    }

    /// Calls what was posted, in order.
    func runPosts() {
        lock.lock()
        let all = posts
        posts = []
        lock.unlock()
        for (fire, context) in all { fire?(context) }
    }

    private func post(_ fire: martlet_fire?, _ context: UnsafeMutableRawPointer?) -> Int32 {
        lock.lock()
        defer { lock.unlock() }
        if result == Int32(MARTLET_OK) { posts.append((fire, context)) }
        return result
    }

    private static func of(_ instance: OpaquePointer?) -> TestHost {
        Unmanaged<TestHost>.fromOpaque(UnsafeRawPointer(instance!)).takeUnretainedValue()
    }

    private static let functions = martlet_host_api(
        version: 1,
        size: UInt32(MemoryLayout<martlet_host_api>.size),
        error_text: { code in code == Int32(MARTLET_ERROR_FULL) ? fullText : otherText },
        send: { instance, message, done, context in
            let host = TestHost.of(instance)
            guard host.result == Int32(MARTLET_OK), let message = message?.pointee else { return host.result }
            host.sent.append(
                Sent(
                    output: String(cString: message.name), body: message.body.text,
                    properties: pairs(message.properties, message.property_count),
                    systemProperties: pairs(message.system_properties, message.system_property_count), wantsDone: done != nil))
            if done != nil { host.dones.append((done, context)) }
            return host.result
        },
        report: { instance, patch, done, context in
            let host = TestHost.of(instance)
            guard host.result == Int32(MARTLET_OK) else { return host.result }
            host.reports.append(patch.text)
            if done != nil { host.dones.append((done, context)) }
            return host.result
        },
        twin: { instance in
            let host = TestHost.of(instance)
            host.twinCopy.copyBytes(from: host.twin.utf8)
            return martlet_bytes(data: host.twinCopy.baseAddress, size: host.twin.utf8.count)
        },
        invoke: { instance, module, method, payload, timeout, answer, context in
            let host = TestHost.of(instance)
            guard host.result == Int32(MARTLET_OK) else { return host.result }
            host.calls.append("\(String(cString: module!)).\(String(cString: method!)) \(payload.text) \(timeout)")
            host.waiting.append((answer, context))
            return host.result
        },
        answer: { instance, call, status, payload in
            let host = TestHost.of(instance)
            host.answers.append("\(Int(bitPattern: call)): \(status) \(payload.text)")
            return host.result
        },
        log: { instance, level, text in TestHost.of(instance).lines.append("\(level) \(String(cString: text!))") },
        timer_start: { instance, _, every, fire, context in
            let host = TestHost.of(instance)
            guard host.result == Int32(MARTLET_OK) else { return 0 }
            host.lastTimer += 1
            host.timers.append(RunningTimer(number: host.lastTimer, every: every, fire: fire, context: context))
            return host.lastTimer
        },
        timer_stop: { instance, number in
            let host = TestHost.of(instance)
            guard host.timers.contains(where: { $0.number == number }) else { return Int32(MARTLET_ERROR_NOT_FOUND) }
            host.timers.removeAll { $0.number == number }
            return Int32(MARTLET_OK)
        },
        ready: { instance in TestHost.of(instance).isReady = true },
        watch_start: { instance, descriptor, events, fire, context in
            let host = TestHost.of(instance)
            guard host.result == Int32(MARTLET_OK) else { return 0 }
            host.lastTimer += 1
            host.watches.append(
                RunningWatch(number: host.lastTimer, descriptor: descriptor, events: events, fire: fire, context: context))
            return host.lastTimer
        },
        watch_stop: { instance, number in
            let host = TestHost.of(instance)
            guard host.watches.contains(where: { $0.number == number }) else { return Int32(MARTLET_ERROR_NOT_FOUND) }
            host.watches.removeAll { $0.number == number }
            return Int32(MARTLET_OK)
        },
        post: { instance, fire, context in TestHost.of(instance).post(fire, context) })
}

/// Never freed, as the ABI says.
nonisolated(unsafe) private let fullText = staticText("the queue is full")
nonisolated(unsafe) private let otherText = staticText("another error")

private func staticText(_ text: String) -> UnsafePointer<CChar> {
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.utf8CString.count)
    for (index, byte) in text.utf8CString.enumerated() { copy[index] = byte }
    return UnsafePointer(copy)
}

private func pairs(_ first: UnsafePointer<martlet_property>?, _ count: Int) -> [String] {
    (0..<count).map { "\(String(cString: first![$0].name))=\(String(cString: first![$0].value))" }
}

extension martlet_bytes {
    var text: String { String(decoding: UnsafeRawBufferPointer(start: data, count: size), as: UTF8.self) }
}
