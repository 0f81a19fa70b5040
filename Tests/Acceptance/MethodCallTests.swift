import Foundation
import TestSupport
import Testing

/// Direct methods, from every kind of module to every kind, and from outside.
struct MethodCallTests {
    private static let callers = ["loop", "thread", "process", "stdio"]
    private static let functions = ["f-loop", "f-thread", "f-process"]

    private func host(_ program: MartletProgram) throws -> Host {
        var manifest = Manifest()
        for isolation in ["loop", "thread", "process"] {
            manifest.library(isolation, "libcaller.so", ["settings": ["isolation": isolation]])
            manifest.functions("f-" + isolation, "libplain.so", PlainSource.functions, ["settings": ["isolation": isolation]])
        }
        manifest.executable("stdio", "caller.py")
        manifest.library("away", "libcaller.so", ["status": "stopped"])
        let host = try Host(program, manifest)
        try host.install(library: CallerSource.library, as: "libcaller.so")
        try host.install(library: PlainSource.text, as: "libplain.so")
        try host.install(script: CallerSource.script, as: "caller.py")
        try host.start("loop", "thread", "process", "stdio", "f-loop", "f-thread", "f-process")
        return host
    }

    @Test(arguments: MartletProgram.all) func `every kind of module calls every kind`(_ program: MartletProgram) throws {
        let host = try host(program)
        for caller in Self.callers {
            for target in Self.callers {
                let payload = #"{"from":"\#(caller)","é":[1,2.5,null]}"#
                let answer = try host.invoke(caller, "call.\(target).echo.20000", payload)
                #expect(answer["result"].int == 0 && answer["status"].int == 200, "\(caller) to \(target)")
                #expect(answer["payload"].text == (try JSONValue(parsing: payload)).text, "\(caller) to \(target)")
            }
            for target in Self.functions {
                let answer = try host.invoke(caller, "call.\(target).add.20000", "[1.5,2]")
                #expect(answer["payload"].double == 3.5, "\(caller) to \(target): \(answer.text)")
            }
            #expect(try host.invoke(caller, "call.edgeAgent.PING.20000")["status"].int == 200)
            #expect(try host.invoke(caller, "call.edgeAgent.dance.20000")["status"].int == 400)
        }
    }

    @Test(arguments: MartletProgram.all, callers)
    func `what keeps a call from its answer is told by its code`(_ program: MartletProgram, _ caller: String) throws {
        let host = try host(program)
        func result(_ method: String) throws -> Int? { try host.invoke(caller, method, "1")["result"].int }
        #expect(try result("call.away.echo.5000") == -5)
        #expect(try result("call.nobody.echo.5000") == -5)
        #expect(try result("call.thread.echo.300001") == -1)
        for target in Self.callers {
            #expect(try result("call.\(target).never.100") == -6)
            // The answer that comes late is not taken for that of a later call.
            #expect(try result("call.\(target).late.100") == -6)
            let next = try host.invoke(caller, "call.\(target).late.20000", "2")
            #expect(next["result"].int == 0 && next["payload"].int == 2, "\(target): \(next.text)")
        }
    }

    @Test(arguments: MartletProgram.all, callers)
    func `thousands of calls are under way at once, and too many are refused`(_ program: MartletProgram, _ caller: String) throws {
        let host = try host(program)
        for target in Self.callers {
            #expect(try host.invoke(caller, "burst.\(target).3000")["right"].int == 3000, "\(caller) to \(target)")
        }
        let many = try host.invoke(caller, "flood.loop.never.3000.5000", "null")
        // One of the 4096 is the call that asks for them.
        #expect(many["-3"].int == 905 && many["-6"].int == 4095, "\(many.text)")
        let large = "\"" + String(repeating: "x", count: 131_000) + "\""
        let target = caller == "thread" ? "process" : "thread"
        let heavy = try host.martlet(["invoke", caller, "flood.\(target).never.8000.10", "-"], input: large)
        let counts = try JSONValue(parsing: heavy.output)["payload"]
        #expect(counts["-3"].int == 2 && counts["-6"].int == 8, "\(heavy.output) \(heavy.errors)")
        #expect(try host.invoke(caller, "echo", "7").int == 7)
    }

    @Test(arguments: MartletProgram.all) func `the socket answers with IoT Hub's codes`(_ program: MartletProgram) throws {
        let host = try host(program)
        func call(_ module: String, _ body: String) throws -> (status: Int, body: JSONValue) {
            let client = try #require(ManagementClient(host.folder.path("run/management.sock")))
            let answer = try #require(client.ask("POST", "/twins/Hannover01/modules/\(module)/methods?api-version=2021-04-12", body))
            return (answer.status, answer.json)
        }
        let echo = try call("loop", #"{"methodName":"echo","payload":{"a":[]},"connectTimeoutInSeconds":null}"#)
        #expect(echo.status == 200 && echo.body.text == #"{"payload":{"a":[]},"status":200}"#)
        #expect(try call("loop", #"{"methodName":"none"}"#).body["status"].int == 404)
        let absent = try call("away", #"{"methodName":"echo"}"#)
        #expect(absent.status == 404 && absent.body["message"].string == "away is not running: there is nobody to call")
        #expect(try call("away", #"{"methodName":"echo","connectTimeoutInSeconds":1}"#).status == 404)
        let late = try call("stdio", #"{"methodName":"never","responseTimeoutInSeconds":5}"#)
        #expect(late.status == 504 && late.body["message"].string == "stdio did not answer never within 5000 ms")
        for body in [
            #"{"methodName":""}"#, #"{"methodName":"a b"}"#, #"{"payload":1}"#, #"{"methodName":"a","responseTimeoutInSeconds":4}"#,
            #"{"methodName":"a","connectTimeoutInSeconds":301}"#, "[]", "{",
            #"{"methodName":"echo","payload":"\#(String(repeating: "x", count: 131_071))"}"#,
        ] {
            let refused = try call("loop", body)
            #expect(refused.status == 400 && refused.body["message"].string?.isEmpty == false, "\(body.prefix(60))")
        }
        let device = try host.http("POST", "/twins/Hannover01/methods", body: #"{"methodName":"echo"}"#)
        #expect(device.status == 404 && device.body["message"].string?.contains("Hannover01 is not connected") == true)
        #expect(try host.http("POST", "/twins/Other/modules/loop/methods", body: #"{"methodName":"echo"}"#).status == 404)
        // While a module holds its mebibyte, the next call to it is refused, and one to another is not.
        let large = "\"" + String(repeating: "x", count: 131_000) + "\""
        try host.folder.write(large, to: "large")
        let flood = try SpawnedProgram(
            ["/bin/sh", "-c", "'\(program.command.joined(separator: "' '"))' invoke loop flood.thread.never.60000.8 - < large"],
            environment: ["MARTLET_RUNTIME": host.folder.path("run")], folder: host.folder.path)
        let log = try host.follow("logs", "thread", "-f")
        var next = 0
        for _ in 0..<8 { next = try log.output.line(from: next, holding: "never").next }
        #expect(try call("thread", #"{"methodName":"echo","payload":\#(large)}"#).status == 429)
        #expect(try host.martlet(["invoke", "thread", "echo", "-"], input: large).code == 1)
        #expect(try call("process", #"{"methodName":"echo","payload":\#(large)}"#).status == 200)
        flood.signal(SIGKILL)
        _ = try flood.waitForEnd()
    }

    @Test(arguments: MartletProgram.all) func `a call may wait for its module to run`(_ program: MartletProgram) throws {
        let host = try host(program)
        let call = try host.follow("invoke", "away", "echo", "[3]", "--connect-timeout", "60")
        #expect(try host.martlet("start", "away").code == 0)
        #expect(try call.output.line(holding: "payload").text == #"{"status":200,"payload":[3]}"#)
        #expect(try call.waitForEnd() == .exit(0))
        #expect(try host.martlet("invoke", "nobody", "echo", "--connect-timeout", "soon").code == 2)
    }

    @Test(arguments: MartletProgram.all) func `the agent restarts modules and gives their logs`(_ program: MartletProgram) throws {
        let host = try host(program)
        #expect(try host.invoke("$edgeAgent", "ping").isNull)
        let start = host.logEnd
        #expect(try host.invoke("$edgeAgent", "restartModule", #"{"schemaVersion":"1.0","id":"stdio"}"#).isNull)
        try host.log(from: start, holding: "agent: stdio running")
        #expect(try host.invoke("stdio", "echo", "1").int == 1)
        let unknown = try host.json("invoke", "$edgeAgent", "RestartModule", #"{"schemaVersion":"1.0","id":"nobody"}"#)
        #expect(unknown["status"].int == 500 && unknown["payload"]["message"].string?.contains("nobody") == true)
        #expect(try host.json("invoke", "$edgeAgent", "UploadModuleLogs", "{}")["status"].int == 400)
        #expect(try host.json("invoke", "$edgeHub", "x")["status"].int == 400)
        #expect(try host.martlet("invoke", "$edgeOther", "ping").code == 1)
        let logs = try host.invoke("$edgeAgent", "GetModuleLogs", #"{"schemaVersion":"1.0","items":{"id":"^(loop|process)$"}}"#)
        #expect(logs.array.compactMap { $0["id"].string } == ["loop", "process"])
        let packed = try host.invoke(
            "$edgeAgent", "GetModuleLogs",
            #"{"schemaVersion":"1.0","items":[{"id":"^loop$","filter":{"tail":5,"since":"1h"}}],"encoding":"gzip","contentType":"json"}"#)
        let gzip = try #require(packed.array.first?["payloadBytes"].string.flatMap { Data(base64Encoded: $0) })
        try gzip.write(to: URL(fileURLWithPath: host.folder.path("log.gz")))
        #expect(try runProgram(["/bin/gzip", "-dc", host.folder.path("log.gz")]).output.hasPrefix("["))
    }
}
