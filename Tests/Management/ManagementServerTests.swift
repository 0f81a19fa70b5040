import Foundation
import HTTP
import JSON
import Management
import TestSupport
import Testing
import UV

@Suite struct ManagementServerTests {
    @Test func `modules have the form of IoT Edge`() throws {
        let bench = try Bench()
        let all = bench.ask(.get, ["modules", ""], [.init(name: "api-version", value: "2022-08-03")])
        #expect(all.status == 200)
        #expect(all.headers["content-type"] == "application/json; charset=utf-8")
        #expect(all.json?["modules"]?.array?.count == 2)
        let failed = bench.ask(.get, ["modules", "b"])
        #expect(failed.json?["status"]?["exitStatus"]?["statusCode"] == "3")
        #expect(failed.json?["status"]?["runtimeStatus"]?["status"] == "failed")
        #expect(bench.ask(.get, ["modules", "c"]).status == 404)
        #expect(bench.ask(.get, ["modules", "c"]).message == "no module \"c\" on this device")
    }

    @Test func `starting and stopping say whether there was anything to do`() throws {
        let bench = try Bench()
        #expect(bench.ask(.post, ["modules", "a", "stop"]).status == 204)
        #expect(bench.ask(.post, ["modules", "a", "start"]).status == 304)
        #expect(bench.ask(.post, ["modules", "a", "restart"]).status == 204)
        #expect(bench.ask(.post, ["modules", "é/x", "restart"]).status == 404)
        #expect(bench.device.asked == ["stop a", "start a", "restart a", "restart é/x"])
    }

    @Test func `what is not there and what is not done that way`() throws {
        let bench = try Bench()
        #expect(bench.ask(.get, ["nothing"]).status == 404)
        #expect(bench.ask(.get, ["nothing"]).message == "not found")
        #expect(bench.ask(.delete, ["modules"]).status == 400)
        #expect(bench.ask(.get, ["twins", "E"]).status == 404)
        #expect(bench.ask(.get, ["twins", "E"]).json?["Message"] == "no device \"E\" here: this is \"D\"")
        #expect(bench.ask(.post, ["twins", "E", "methods"], body: "{}").json?["message"] == "no device \"E\" here: this is \"D\"")
    }

    @Test func `identities, queues, system and device`() throws {
        let bench = try Bench()
        #expect(bench.ask(.get, ["identities", ""]).json?["identities"]?.array?.count == 1)
        #expect(
            bench.ask(.get, ["identities", "a"]).json
                == ["moduleId": "a", "managedBy": "IotEdge", "generationId": "1", "authType": "Sas"])
        #expect(bench.ask(.get, ["identities", "z"]).status == 404)
        #expect(bench.ask(.get, ["queues"]).json?.array?.count == 1)
        #expect(bench.ask(.get, ["queues", "modules"]).json == [["module": "m", "received": 3]])
        #expect(bench.ask(.get, ["systeminfo"]).json?["osType"] == "linux")
        #expect(bench.ask(.get, ["device"]).json?["deviceId"] == "D")
        #expect(bench.ask(.get, ["device", "modules"]).json?.array?.count == 2)
    }

    @Test func `a message is checked before it is delivered`() throws {
        let bench = try Bench()
        let path: [Text] = ["modules", "a", "inputs", "x/y", "messages"]
        #expect(bench.ask(.post, path, body: #"{"module":"m","output":"o","body":{"t":1},"properties":{"k":"v"}}"#).status == 204)
        #expect(bench.device.asked == [#"send a/x/y {"body":{"t":1},"properties":{"k":"v"}}"#])
        for wrong in [
            "", "[]", "{}", #"{"body":1,"bodyText":"x"}"#, #"{"bodyText":1}"#, #"{"body":1,"properties":{"k":1}}"#, #"{"body":1,"bdy":2}"#,
        ] {
            #expect(bench.ask(.post, path, body: wrong).status == 400)
        }
        #expect(bench.ask(.post, ["modules", "b", "inputs", "i", "messages"], body: #"{"body":1}"#).status == 429)
    }

    @Test func `a method call is checked, made and answered`() throws {
        let bench = try Bench()
        let path: [Text] = ["twins", "D", "modules", "a", "methods"]
        let answer = bench.ask(
            .post, path, body: #"{"methodName":"m","payload":[1],"responseTimeoutInSeconds":5,"connectTimeoutInSeconds":null}"#)
        #expect(answer.status == 200)
        #expect(answer.json == ["status": 201, "payload": ["echo": [1]]])
        _ = bench.ask(.post, ["twins", "D", "methods"], body: #"{"methodName":"m"}"#)
        #expect(bench.device.asked == ["invoke a m [1] 0 5000", "invoke - m null 0 30000"])
        for wrong in [
            "{}", #"{"methodName":7}"#, #"{"methodName":"m","responseTimeoutInSeconds":4}"#,
            #"{"methodName":"m","responseTimeoutInSeconds":301}"#, #"{"methodName":"m","connectTimeoutInSeconds":-1}"#,
            #"{"methodName":"m","connectTimeoutInSeconds":1.5}"#, #"{"methodName":"m","#,
        ] {
            #expect(bench.ask(.post, path, body: wrong).status == 400)
        }
    }

    @Test func `logs come as text, followed until the reader leaves`() throws {
        let bench = try Bench()
        let answer = bench.ask(.get, ["modules", "a", "logs"], [.init(name: "tail", value: "2")])
        #expect(answer.text == "one\ntwo\n")
        #expect(answer.headers["Transfer-Encoding"] == "chunked")
        #expect(bench.ask(.get, ["modules", "z", "logs"]).status == 404)
        #expect(bench.ask(.get, ["modules", "a", "logs"], [.init(name: "tail", value: "-1")]).status == 400)
        #expect(bench.ask(.get, ["modules", "a", "logs"], [.init(name: "since", value: "1h")]).status == 400)

        let reader = bench.connect()
        reader.send("GET /modules/a/logs?follow=true&tail=all HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { reader.has("two") })
        let stream = try #require(bench.device.streams.first)
        var closed = 0
        stream.onClose = { closed += 1 }
        stream.write(Array("three\n".utf8))
        #expect(run(bench.loop) { reader.has("three") })
        #expect(closed == 0)
        reader.stream?.close()
        #expect(run(bench.loop) { closed == 1 })
        #expect(stream.isClosed)
        #expect(!stream.write([1]))
    }

    @Test func `monitored messages stream by, for whom they were asked`() throws {
        let bench = try Bench()
        let reader = bench.connect()
        reader.send("GET /messages?module=a&output=o HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { !bench.device.streams.isEmpty && reader.has("application/x-ndjson") })
        bench.device.streams[0].write(Array("{}\n".utf8))
        bench.device.streams[0].end()
        #expect(run(bench.loop) { reader.has("3\r\n{}\n\r\n0\r\n\r\n") })
        reader.send("GET /queues HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(run(bench.loop) { reader.hasEnded })
        #expect(reader.has("$upstream"))
        #expect(bench.device.asked == ["monitor a o"])
        #expect(bench.ask(.get, ["messages"], [.init(name: "output", value: "o")]).status == 400)
    }

    @Test func `curl understands the server`() throws {
        let bench = try Bench()
        #expect(try bench.curl("-f", "http://localhost/device").output == #"{"deviceId":"D","pid":7}"#)
        #expect(try bench.curl("http://localhost/device", "http://localhost/queues").output.hasSuffix(#""length":2}]"#))
        #expect(try bench.curl("-I", "-w", "%{http_code}", "http://localhost/device").output.hasSuffix("400"))
        let large = bench.folder.path("large")
        try String(repeating: "x", count: 2_000_000).write(toFile: large, atomically: false, encoding: .utf8)
        #expect(
            try bench.curl("-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@" + large, "http://localhost/twins/D/methods").output
                == "413")
        let chunked = try bench.curl(
            "-H", "Transfer-Encoding: chunked", "-H", "Expect: 100-continue", "-d", #"{"methodName":"m"}"#,
            "http://localhost/twins/D/methods")
        #expect(chunked.output == #"{"status":201,"payload":{"echo":null}}"#)
    }

    @Test func `nobody else may open the socket`() throws {
        let bench = try Bench()
        let attributes = try FileManager.default.attributesOfItem(atPath: bench.path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        bench.server.close()
        settle(bench.loop)
        #expect(!FileManager.default.fileExists(atPath: bench.path))
        #expect(bench.ask(.get, ["device"]).error?.kind == .noServer)
    }
}
