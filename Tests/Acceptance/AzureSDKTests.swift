import Foundation
import TestSupport
import Testing

/// Microsoft's device SDK as a module: a program written for Azure IoT Edge, with nothing of this host in it.
@Suite(.enabled(if: ClientPython.isThere, ClientPython.comment))
struct AzureSDKTests {
    private func host(_ program: MartletProgram, ttl: Int = 3600, _ change: (inout Manifest) -> Void = { _ in }) throws -> Host {
        var manifest = Host.manifest(at: try Loopback.address())
        manifest.executable("sdk", "sdk", ["settings": ["protocol": "edge"], "env": ["TTL": ["value": String(ttl)]]])
        manifest.desired["sdk"] = ["limit": 7]
        change(&manifest)
        let host = try Host(program, manifest, images: [try Images.probe])
        try host.install(script: try ClientPython.program("sdk_client.py"), as: "sdk")
        return host
    }

    /// Starts it, and waits until the module has its twin.
    private func start(_ host: Host) throws -> SpawnedProgram {
        try host.start("sdk")
        let log = try host.follow("logs", "sdk", "-f")
        try log.output.event("ready")
        return log
    }

    @Test(arguments: MartletProgram.all) func `a module gets its twin, reports, and hears what is desired of it`(_ program: MartletProgram)
        throws
    {
        let host = try host(program)
        let log = try start(host)
        let twin = try log.output.event("ready").facts
        #expect(twin.keys == ["desired", "reported"])
        #expect(twin["desired"]["limit"].int == 7 && twin["desired"]["$version"].int != nil)

        _ = try host.invoke("sdk", "report", #"{"state":"ok","nested":{"a":[1,2.5,"ü\u0001"]},"gone":null}"#)
        let reported = try host.json("twin", "sdk")["properties"]["reported"]
        #expect(reported["state"].string == "ok" && reported["nested"]["a"].text == #"[1,2.5,"ü\u0001"]"#)
        #expect(try host.invoke("sdk", "twin")["reported"]["state"].string == "ok")

        let version = try host.json("twin", "sdk", "--desired", #"{"limit":null,"word":"é"}"#)["properties"]["desired"]["$version"].int
        let patch = try log.output.event("desired").facts
        #expect(patch["limit"].isNull && patch["word"].string == "é" && patch["$version"].int == version)

        // What a twin cannot hold is refused, and nothing is lost by it.
        let wrong = try host.json("invoke", "sdk", "report", #"{"$bad":1}"#)
        #expect(wrong["status"].int == 500 && wrong.text.contains("400"), "\(wrong.text)")
        #expect(try host.json("twin", "sdk")["properties"]["reported"]["state"].string == "ok")
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `messages arrive and leave as they were sent`(_ program: MartletProgram) throws {
        let host = try host(program) {
            $0.routeUpstream("up", from: "sdk", output: "out")
            $0.route("loop", from: "sdk", output: "loop", into: "sdk/inputs/in-put_2.x")
        }
        let log = try start(host)
        for (body, data) in [(#"{"a":[1,"ü"]}"#, #"{"a":[1,"ü"]}"#), ("no json", "no json"), ("", "")] {
            let from = log.output.lines.count
            let sent = try host.martlet(["send", "sdk/one", "-", "-p", "a b=x&y=/+", "-p", "ü=", "-p", "k=%20"], input: body)
            #expect(sent.code == 0, "\(sent.errors)")
            let message = try log.output.event("message", from: from).facts
            #expect(message["input"].string == "one" && message["data"].string == data)
            #expect(message["properties"]["a b"].string == "x&y=/+" && message["properties"]["k"].string == "%20", "\(message.text)")
            #expect(message["properties"]["ü"].string == "")
        }

        let monitor = try host.follow("monitor", "--count", "2", "--timeout", "60")
        try host.waitUntil {
            let facts =
                #"{"output":"out","body":"{\"n\":1}","properties":{"k/1":"a=b&c ü","empty":""},"message_id":"m/1","#
                + #""correlation_id":"c","user_id":"u","content_type":"application/json","content_encoding":"utf-8"}"#
            _ = try host.invoke("sdk", "send", facts)
            return monitor.output.lines.count >= 2
        }
        let message = try JSONValue(parsing: monitor.output.lines[0])
        #expect(message["module"].string == "sdk" && message["output"].string == "out" && message["body"]["n"].int == 1)
        #expect(message["properties"].text == #"{"empty":"","k/1":"a=b&c ü"}"#)
        let system = message["systemProperties"]
        #expect(system["messageId"].string == "m/1" && system["correlationId"].string == "c" && system["userId"].string == "u")
        #expect(system["contentType"].string == "application/json" && system["contentEncoding"].string == "utf-8")

        // Bytes of every value, from the module to itself.
        let from = log.output.lines.count
        let bytes = "base64:" + Data(0...255).base64EncodedString()
        _ = try host.invoke("sdk", "send", #"{"output":"loop","body":"\#(bytes)","properties":{"again":"1"}}"#)
        let again = try log.output.event("message", from: from).facts
        #expect(again["input"].string == "in-put_2.x" && again["data"].string == bytes && again["properties"]["again"].string == "1")
        #expect(again["properties"]["$.cmid"].string == "sdk" && again["properties"]["$.cdid"].string == "Hannover01")
    }

    @Test(arguments: MartletProgram.all) func `methods are answered, and called on other modules over HTTPS`(_ program: MartletProgram)
        throws
    {
        let host = try host(program) {
            $0.library("probe", "libprobe.so")
            $0.executable("other", "sdk", ["settings": ["protocol": "edge"]])
        }
        _ = try start(host)
        let other = try host.follow("logs", "other", "-f")
        try other.output.event("ready")
        #expect(try host.invoke("sdk", "echo", #"{"deep":[null,"ü",1.5]}"#).text == #"{"deep":[null,"ü",1.5]}"#)
        #expect(try host.invoke("sdk", "echo", "null").isNull)
        let refused = try host.json("invoke", "sdk", "refuse")
        #expect(refused["status"].int == 418 && refused["payload"].isNull)
        #expect(try host.martlet("invoke", "sdk", "silence", "1", "--timeout", "5").code == 1)

        func call(_ module: String, _ method: String, _ payload: String) throws -> JSONValue {
            let call = #"{"methodName":"\#(method)","payload":\#(payload),"responseTimeoutInSeconds":5,"connectTimeoutInSeconds":0}"#
            return try host.json("invoke", "sdk", "invoke", #"{"device":"Hannover01","module":"\#(module)","call":\#(call)}"#)
        }
        #expect(try call("other", "echo", #"{"from":"sdk"}"#)["payload"].text == #"{"payload":{"from":"sdk"},"status":200}"#)
        #expect(try call("other", "refuse", "1")["payload"].text == #"{"payload":null,"status":418}"#)
        #expect(try call("probe", "count", "null")["payload"]["status"].int == 200)
        // The SDK tells no more of a failed call than that it failed.
        for (module, method) in [("nobody", "echo"), ("other", "silence")] {
            #expect(try call(module, method, "1")["status"].int == 500, "\(module) \(method)")
        }
        // A method that a module calls on itself, while it works on the call.
        #expect(try call("sdk", "echo", "5")["payload"].text == #"{"payload":5,"status":200}"#)
    }

    /// The SDK renews 120 seconds before the end, so with 122 every other second.
    @Test(arguments: MartletProgram.all) func `tokens are renewed, and what was subscribed stays subscribed`(_ program: MartletProgram)
        throws
    {
        let host = try host(program, ttl: 122) { $0.routeUpstream("up", from: "sdk") }
        let log = try start(host)
        var from = log.output.lines.count
        for round in 0..<3 {
            from = try log.output.event("disconnected", from: from).next
            #expect(try host.martlet("send", "sdk/in", "\(round)").code == 0)
            from = try log.output.event("connected", from: from).next
            // Sent while it was not there, or just before or after.
            try log.output.event("message") { $0["data"].string == "\(round)" }
        }
        _ = try host.json("twin", "sdk", "--desired", #"{"round":3}"#)
        try log.output.event("desired") { $0["round"].int == 3 }
        try host.waitUntilCalled("sdk")
        // The third connection is not another identity's, and the host has no reason to complain.
        #expect(!host.logLines.contains { $0.contains("[ERR]") || $0.contains("SharedAccessSignature") || $0.contains("sig=") })
        #expect(try host.module("sdk")["restartCount"].int == 0)
    }

    @Test(arguments: MartletProgram.all) func `a module that starts again gets what came meanwhile, once`(_ program: MartletProgram) throws
    {
        let host = try host(program) { $0.routeUpstream("up", from: "sdk") }
        let log = try start(host)
        _ = try host.invoke("sdk", "report", #"{"kept":true}"#)
        let pid = try #require(try host.module("sdk")["pid"].int)
        #expect(try host.martlet("stop", "sdk").code == 0)
        try OtherProcess.waitForEnd(pid)
        for number in 0..<20 { #expect(try host.martlet("send", "sdk/in", "waiting \(number)").code == 0) }
        _ = try host.json("twin", "sdk", "--desired", #"{"limit":8}"#)
        let from = log.output.lines.count
        #expect(try host.martlet("start", "sdk").code == 0)
        let twin = try log.output.event("ready", from: from).facts
        #expect(twin["desired"]["limit"].int == 8 && twin["reported"]["kept"].bool == true)
        try log.output.event("message", from: from) { $0["data"].string == "waiting 19" }
        let came = log.output.lines[from...].filter { $0.hasPrefix("message ") }
        #expect(came.count == 20)
        #expect(try host.end() == .exit(0))
    }

    @Test(arguments: MartletProgram.all) func `a host that starts again is found again, and nothing has to be subscribed`(
        _ program: MartletProgram
    ) throws {
        let host = try host(program) { $0.routes["up"] = "FROM /messages/modules/outside/* INTO $upstream" }
        _ = try start(host)
        let client = try host.sdkClient(try host.outsider("outside"))
        try client.output.event("ready")
        for signal in [SIGTERM, SIGKILL] {
            _ = try host.invoke("outside", "send", ##"{"output":"out","body":"#","times":5}"##)
            let from = client.output.lines.count
            let before = try host.upstreamLength()
            _ = try host.end(signal)
            try client.output.event("disconnected", from: from)
            try host.start("sdk")
            #expect(try host.upstreamLength() == before)
            try client.output.event("connected", from: from)
            #expect(try host.martlet("send", "outside/in", "\(signal)").code == 0)
            try client.output.event("message", from: from) { $0["data"].string == "\(signal)" }
            _ = try host.json("twin", "outside", "--desired", #"{"signal":\#(signal)}"#)
            try client.output.event("desired", from: from) { $0["signal"].int == Int(signal) }
            try host.waitUntilCalled("outside")
        }
        // It subscribed once, at its start: it was ready once.
        #expect(client.output.lines.filter { $0.hasPrefix("ready ") }.count == 1)
        client.signal(SIGTERM)
        #expect(try client.waitForEnd() == .exit(0))
        // An identity that is gone is cut off, and does not come back.
        let second = try host.sdkClient(try host.connectionString("outside"))
        try second.output.event("ready")
        #expect(try host.http("DELETE", "/devices/Hannover01/modules/outside").status == 204)
        try second.output.event("disconnected")
    }

    @Test(arguments: MartletProgram.all) func `who has no right to connect is told so`(_ program: MartletProgram) throws {
        let host = try host(program) { $0.library("probe", "libprobe.so") }
        _ = try start(host)
        let right = try host.outsider("outside")
        let key = try #require(right.range(of: "SharedAccessKey=").map { right[$0.upperBound...].prefix { $0 != ";" } })
        let wrongKey = Data(repeating: 1, count: 32).base64EncodedString()
        for wrong in [
            right.replacing(key, with: wrongKey), right.replacing("ModuleId=outside", with: "ModuleId=sdk"),
            right.replacing("ModuleId=outside", with: "ModuleId=nobody"), right.replacing("DeviceId=Hannover01", with: "DeviceId=Berlin"),
            try host.connectionString("probe"),
        ] {
            let client = try host.sdkClient(wrong)
            let failed = try client.output.event("failed").facts
            #expect(failed.text.contains("UnauthorizedError"), "\(failed.text)")
            #expect(try client.waitForEnd() == .exit(1))
        }
        // Its own library is the host's to serve; the log says so.
        #expect(host.logLines.contains { $0.contains("probe") && $0.contains("mqtt") }, "\(host.logLines.suffix(10))")
        #expect(!host.logLines.contains { $0.contains(key) || $0.contains("sig=") })
        #expect(try host.invoke("sdk", "echo", "1").int == 1)
    }
}
