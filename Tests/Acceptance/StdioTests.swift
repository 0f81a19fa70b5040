import Foundation
import TestSupport
import Testing

/// The lines between host and module: what the contract's section 4 promises, and what is no line at all.
struct StdioTests {
    /// Runs a Python module whose `body` may use `say(object)` and `hear()`; all that it hears is in its log.
    private func host(_ program: MartletProgram, _ body: String, _ change: (inout Manifest) -> Void = { _ in }) throws -> Host {
        var manifest = Manifest()
        manifest.executable("module", "module.py", ["restartPolicy": "never"])
        change(&manifest)
        let host = try Host(program, manifest, images: [try Images.probe, try Images.plain])
        let script = """
            #!/usr/bin/env python3
            import json, sys
            def raw(data):
                sys.stdout.buffer.write(data); sys.stdout.buffer.flush()
            def say(message):
                raw((json.dumps(message) + "\\n").encode())
            def log(text):
                print(text, file=sys.stderr, flush=True)
            def hear():
                line = sys.stdin.readline()
                log("heard " + line.strip())
                return json.loads(line) if line else {"method": "stop"}
            start = hear()
            \(body)
            while hear().get("method") != "stop": pass

            """
        try host.install(script: script, as: "module.py")
        return host
    }

    private func answers(_ host: Host, until last: String) throws -> [JSONValue] {
        let log = try host.follow("logs", "module", "-f")
        try log.output.line(holding: last)
        return try log.output.lines.filter { $0.hasPrefix("heard ") && $0.count > 6 }.map {
            try JSONValue(parsing: String($0.dropFirst(6)))
        }
    }

    @Test(arguments: MartletProgram.all) func `the first line is start, with identity and twin`(_ program: MartletProgram) throws {
        let host = try host(program, "say({'method': 'ready'})") { $0.desired["module"] = ["limit": 5] }
        try host.start("module")
        let start = try #require(try answers(host, until: "heard ").first)
        #expect(start["jsonrpc"].string == "2.0")
        #expect(start["method"].string == "start")
        #expect(start["params"]["identity"].string == "/devices/Hannover01/modules/module")
        #expect(start["params"]["twin"]["desired"]["limit"].int == 5)
        #expect(start["params"]["twin"].keys == ["desired", "reported"])
    }

    @Test(arguments: MartletProgram.all) func `what has an id is answered under that id`(_ program: MartletProgram) throws {
        let body = """
            say({'id': 1, 'method': 'twin'})
            say({'id': 'two', 'method': 'report', 'params': {'patch': {'state': 'ok'}}})
            say({'id': 3, 'method': 'send', 'params': {'output': 'out', 'body': {'n': 1}, 'properties': {'k': 'v'}}})
            say({'id': 4, 'method': 'invoke', 'params': {'module': 'plain', 'name': 'add', 'payload': [1, 2], 'timeoutSeconds': 5}})
            say({'id': 5, 'method': 'invoke', 'params': {'module': 'nobody', 'name': 'add'}})
            say({'id': 6, 'method': 'send', 'params': {'output': 'out'}})
            say({'id': 7, 'method': 'dance'})
            say({'id': 8, 'method': 'report', 'params': {'patch': {'a b': 1}}})
            for n in range(8): hear()
            log('all answered')
            """
        let host = try host(program, body) {
            $0.functions("plain", "libplain.so", PlainSource.functions, ["settings": ["isolation": "loop"]])
            $0.routeUpstream("up", from: "module")
            $0.modules["plain"]?["startupOrder"] = 0
        }
        try host.start("plain", "module")
        let all = try answers(host, until: "all answered")
        func answer(_ id: Int) -> JSONValue? { all.first { $0["id"].int == id && $0["id"].string == nil } }
        #expect(answer(1)?["result"]["desired"]["$version"].int != nil)
        #expect(all.first { $0["id"].string == "two" }?["result"]["version"].int != nil)
        #expect(answer(3)?["result"].raw != nil)
        #expect(answer(4)?["result"]["status"].int == 200)
        #expect(answer(4)?["result"]["payload"].double == 3)
        for id in 5...8 {
            #expect(answer(id)?["error"]["message"].string?.isEmpty == false, "\(id)")
            #expect(answer(id)?["error"]["code"].int != nil, "\(id)")
        }
        #expect(try host.upstreamLength() == 1)
        #expect(try host.json("twin", "module")["properties"]["reported"]["state"].string == "ok")
        // A value that is not there is no row with null.
        #expect(!(try host.json("twin", "module")["properties"]["reported"].keys.contains("a b")))
    }

    @Test(arguments: MartletProgram.all) func `garbage is answered and logged, never fatal`(_ program: MartletProgram) throws {
        let body = """
            raw(b'garbage\\n')
            raw(b'\\xff\\xfe\\x00\\x01\\n')
            raw(b'[]\\n1\\nnull\\n"x"\\n{}\\n\\n \\n')
            raw(b'{"method": 7}\\n')
            raw(b'{"id": 99, "result": {"status": 200}}\\n')
            raw(b'{"method":"send","params":' + b'[' * 100000 + b'\\n')
            say({'id': 'last', 'method': 'twin'})
            while hear().get('id') != 'last': pass
            log('still here')
            """
        let host = try host(program, body)
        try host.start("module")
        let all = try answers(host, until: "still here")
        #expect(all.filter { $0["error"]["message"].string != nil }.count >= 8)
        #expect(try host.module("module")["status"].string == "running")
        #expect(try host.martlet("logs", "module").output.contains("refused: "))
    }

    @Test(arguments: MartletProgram.all) func `a line of 10 MB is answered, and the next one counts`(_ program: MartletProgram) throws {
        let body = """
            raw(b'{"method":"send","params":{"output":"out","bodyText":"' + b'x' * (10 << 20) + b'"}}\\n')
            say({'id': 'last', 'method': 'twin'})
            while hear().get('id') != 'last': pass
            log('still here')
            """
        let host = try host(program, body)
        try host.start("module")
        let all = try answers(host, until: "still here")
        #expect(all.contains { $0["error"]["message"].string?.contains("1 MiB") == true })
        #expect(try host.upstreamLength() == 0)
        #expect(try host.module("module")["status"].string == "running")
    }

    @Test(arguments: MartletProgram.all) func `a last line without a newline counts`(_ program: MartletProgram) throws {
        let host = try host(program, "raw(b'{\"method\":\"report\",\"params\":{\"patch\":{\"last\":true}}}')\nsys.exit(0)")
        try host.launch()
        try host.waitUntilAnswering()
        _ = try host.module("module") { $0["status"].string == "stopped" && $0["exitCode"].int == 0 }
        try host.waitUntil { try host.json("twin", "module")["properties"]["reported"]["last"].bool == true }
    }

    @Test(arguments: MartletProgram.all) func `bodies of any kind arrive as they were sent`(_ program: MartletProgram) throws {
        let host = try host(program, "say({'method': 'ready'})")
        try host.start("module")
        let log = try host.follow("logs", "module", "-f")
        func delivered(_ body: String, _ arguments: String...) throws -> JSONValue {
            let from = log.output.lines.count
            #expect(try host.martlet(["send", "module/in", "-"] + arguments, input: body).code == 0)
            let line = try log.output.line(from: from, holding: "\"method\":\"message\"").text
            return try JSONValue(parsing: String(line.dropFirst(6)))["params"]
        }
        try log.output.line(holding: "\"method\":\"start\"")
        let json = try delivered(#"{"a":[1,"ü",null]}"#, "-p", "k=v=w", "-p", "empty=")
        #expect(json["input"].string == "in")
        #expect(json["body"]["a"][1].string == "ü")
        #expect(json["properties"]["k"].string == "v=w")
        #expect(json["properties"]["empty"].string == "")
        #expect(json["systemProperties"]["contentType"].string == "application/json")
        #expect(try delivered("no json")["bodyText"].string == "no json")
        #expect(try delivered("42")["body"].int == 42)
    }

    @Test(arguments: MartletProgram.all) func `a module that reads nothing does not hold up the others`(_ program: MartletProgram) throws {
        let host = try host(program, "say({'method': 'ready'})\nimport signal\nsignal.pause()") {
            $0.library("probe", "libprobe.so")
            $0.route("flood", from: "probe", into: "module/inputs/in")
            $0.host["limits"] = ["memoryQueueBytes": 262_144]
        }
        try host.start("module", "probe")
        let body = "\"" + String(repeating: "x", count: 100_000) + "\""
        for _ in 0..<20 { _ = try host.martlet("send", "probe/in", "-", input: body) }
        #expect(try host.invoke("probe", "count").int == 1)
        let queue = try #require(try host.json("queues", "--json").array.first { $0["endpoint"].string?.contains("module") == true })
        #expect((queue["bytes"].int ?? .max) <= 262_144)
        // What was dropped is counted.
        #expect(queue["dropped"].keys.contains { (queue["dropped"][$0].int ?? 0) > 0 })
        #expect(try host.end() == .exit(0))
    }
}
