import Foundation
import TestSupport
import Testing

/// What arrives, where, from whom, and how often.
struct DeliveryTests {
    /// A kind of module that takes messages; `sink` in the manifests here.
    enum Sink: String, CaseIterable, CustomTestStringConvertible {
        case loop, thread, process, reading, answering
        var testDescription: String { rawValue }
    }

    private func host(_ program: MartletProgram, _ sink: Sink, _ change: (inout Manifest) -> Void) throws -> Host {
        var manifest = Manifest()
        switch sink {
        case .loop, .thread, .process: manifest.library("sink", "libsink.so", ["settings": ["isolation": sink.rawValue]])
        case .reading, .answering: manifest.executable("sink", "sink-\(sink)")
        }
        change(&manifest)
        let host = try Host(program, manifest, images: [try Images.probe])
        switch sink {
        case .loop, .thread, .process: try host.install(library: SinkSource.text, as: "libsink.so")
        case .reading: try host.install(script: SinkSource.reading, as: "sink-reading")
        case .answering: try host.install(script: SinkSource.answering, as: "sink-answering")
        }
        return host
    }

    /// A Python module that says what `body` says, and then waits for its end.
    private func install(_ host: Host, _ name: String, _ body: String) throws {
        let script = """
            #!/usr/bin/env python3
            import json, sys
            def say(message): print(json.dumps(message), flush=True)
            def send(body, id=None, **params):
                say({"method": "send", "params": {"output": "out", "body": body, **params}, **({"id": id} if id else {})})
                if id: return json.loads(sys.stdin.readline())
            sys.stdin.readline()
            \(body)
            for line in sys.stdin:
                if '"stop"' in line: break

            """
        try host.install(script: script, as: name)
    }

    private let route = #"FROM /messages/modules/sender/* INTO BrokeredEndpoint("/modules/sink/inputs/in")"#

    @Test(arguments: MartletProgram.all, Sink.allCases)
    func `every kind of module sees who sent a message and when, and nobody speaks as another`(_ program: MartletProgram, _ sink: Sink)
        throws
    {
        let host = try host(program, sink) {
            $0.executable("sender", "sender.py", ["startupOrder": 5])
            $0.routes["r"] = route
        }
        try install(
            host, "sender.py",
            """
            forged = {"connectionModuleId": "boss", "connectionDeviceId": "other", "enqueuedTime": "yesterday", "messageId": "7"}
            send(5, systemProperties=forged)
            """)
        let before = Date().addingTimeInterval(-1)
        try host.start("sink", "sender")
        let log = try host.follow("logs", "sink", "-f")
        let line = try log.output.line(holding: "took 5").text
        #expect(line.hasPrefix("took 5 from sender on Hannover01 at "))
        #expect(!line.contains("boss") && !line.contains("other") && !line.contains("yesterday"))
        #expect(line.contains(sink == .reading || sink == .answering ? #""messageId":"7""# : "messageId=7"))
        let format = ISO8601DateFormatter()
        format.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let time = try #require(line.dropFirst("took 5 from sender on Hannover01 at ".count).split(separator: " ").first?.dropLast())
        let enqueued = try #require(format.date(from: String(time)))
        #expect(enqueued >= before && enqueued <= Date().addingTimeInterval(1))
        // The operator is no module.
        #expect(try host.martlet("send", "sink/in", "6").code == 0)
        let operators = try log.output.line(holding: "took 6").text
        #expect(!operators.contains("from sender"))
        #expect(operators.contains("connectionDeviceId") && (sink == .reading || operators.contains("from nobody on Hannover01")))
    }

    @Test(arguments: MartletProgram.all) func `conditions choose the way of a message, by properties, body and sender`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program, .loop) {
            $0.executable("sender", "sender.py", ["startupOrder": 5])
            let to = #"INTO BrokeredEndpoint("/modules/sink/inputs/in")"#
            $0.routes["hot"] = "FROM /messages/* WHERE $body.celsius > 20 AND $connectionModuleId = 'sender' \(to)"
            $0.routes["marked"] = "FROM /messages/modules/sender/outputs/out WHERE as_number(level) >= 5 \(to)"
            $0.routes["twins"] = "FROM /twinChangeNotifications WHERE $rpSenderModuleId = 'sender' AND $body.state = 'ok' \(to)"
        }
        try install(
            host, "sender.py",
            """
            say({"method": "report", "params": {"patch": {"state": "bad"}}})
            say({"method": "report", "params": {"patch": {"state": "ok"}}, "id": 1})
            sys.stdin.readline()
            send({"celsius": 19.5, "n": 1})
            send({"celsius": 20.5, "n": 2})
            send({"n": 3}, properties={"level": "5"})
            send({"celsius": 0, "n": 4}, properties={"level": "4.9"})
            send({"celsius": 30, "n": 5}, properties={"level": "9"})
            send({"n": 6}, properties={"Level": "1e1"}, id=2)
            """)
        try host.start("sink", "sender")
        let log = try host.follow("logs", "sink", "-f")
        try log.output.line(holding: #""n":6"#)
        let taken = log.output.lines.filter { $0.hasPrefix("took ") }.map { $0.components(separatedBy: " from ")[0] }
        #expect(
            taken == [
                #"took {"state":"ok"}"#, #"took {"celsius":20.5,"n":2}"#, #"took {"n":3}"#, #"took {"celsius":30,"n":5}"#,
                #"took {"n":6}"#,
            ])
    }

    @Test(arguments: MartletProgram.all, [Sink.thread, .process, .reading, .answering])
    func `what a module had not taken when it ended comes again, in order`(_ program: MartletProgram, _ sink: Sink) throws {
        let host = try host(program, sink) {
            $0.modules["sink"]?["status"] = "stopped"
            $0.executable("sender", "sender.py", ["startupOrder": 5])
            $0.routes["r"] = ["route": route, "persistence": "disk"]
        }
        try install(host, "sender.py", "for n in range(1, 41): send(n, id=n)\nprint('all sent', file=sys.stderr, flush=True)")
        try host.start("sender")
        let sender = try host.follow("logs", "sender", "-f")
        try sender.output.line(holding: "all sent")
        #expect(try host.martlet("start", "sink").code == 0)
        let log = try host.follow("logs", "sink", "-f")
        try log.output.line(holding: "took 5 ")
        if sink == .thread {
            #expect(try host.martlet("restart", "sink").code == 0)
        } else {
            kill(pid_t(try #require(try host.module("sink")["pid"].int)), SIGKILL)
            // The manifest says stopped: nobody but the operator starts it again.
            try host.waitUntil { try host.module("sink")["status"].string != "running" }
            #expect(try host.martlet("start", "sink").code == 0)
        }
        try log.output.line(holding: "took 40 ")
        let taken = log.output.lines.compactMap { $0.hasPrefix("took ") ? Int($0.split(separator: " ")[1]) : nil }
        // What a module had read it may have been about to take.
        #expect(Set(1...40).subtracting(taken).count <= (sink == .reading ? 1 : 0))
        // Each life got them in order, and the second those that the first had not said it had taken.
        let lives = taken.indices.filter { $0 == 0 || taken[$0] < taken[$0 - 1] + 1 }
        #expect(lives.first == 0 && lives.count <= 2)
        try host.waitUntil { try host.json("queues", "--json").array.allSatisfy { $0["length"].int == 0 } }
    }

    @Test(arguments: MartletProgram.all) func `a module routed to itself does not starve others`(_ program: MartletProgram) throws {
        let host = try host(program, .loop) {
            $0.library("probe", "libprobe.so")
            $0.library("other", "libprobe.so")
            $0.route("loop", from: "probe", into: "probe/inputs/in")
            $0.route("out", from: "other", into: "sink/inputs/in")
        }
        try host.start("sink", "probe", "other")
        // It sends on what it gets, for ever.
        #expect(try host.invoke("probe", "send", "1")["result"].int == 0)
        for n in 2...6 { #expect(try host.invoke("other", "send", "\(n)")["result"].int == 0) }
        let log = try host.follow("logs", "sink", "-f")
        try log.output.line(holding: "took 6 ")
        #expect(try host.end() == .exit(0))
    }
}
