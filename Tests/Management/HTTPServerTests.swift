import Foundation
import HTTP
import JSON
import Management
import TestSupport
import Testing
import UV

@Suite struct HTTPServerTests {
    @Test func `requests that come at once are answered in order, one at a time`() throws {
        let bench = try Bench()
        let client = bench.connect()
        client.send(
            """
            POST /twins/D/methods HTTP/1.1\r\nContent-Length: 21\r\n\r\n{"methodName":"late"}GET /device HTTP/1.1\r\n\r\n\
            GET /systeminfo HTTP/1.1\r\nConnection: close\r\n\r\n
            """)
        #expect(run(bench.loop) { bench.device.pendingCalls.count == 1 })
        settle(bench.loop)
        #expect(client.received.isEmpty)
        bench.device.pendingCalls[0](.failure(ControlError(.timedOut, "no answer")))
        #expect(run(bench.loop) { client.hasEnded })
        let parts = client.text.components(separatedBy: "HTTP/1.1 ")
        #expect(parts.count == 4)
        #expect(parts[1].hasPrefix("504 Gateway Timeout"))
        #expect(parts[2].contains("deviceId"))
        #expect(parts[3].contains("osType"))
    }

    @Test func `a client that finishes writing still gets its answers`() throws {
        let bench = try Bench()
        let client = bench.connect()
        client.send("POST /twins/D/methods HTTP/1.1\r\nContent-Length: 21\r\n\r\n{\"methodName\":\"late\"}GET /device HTTP/1.1\r\n\r\n")
        client.stream?.finishWriting()
        #expect(run(bench.loop) { bench.device.pendingCalls.count == 1 })
        bench.device.pendingCalls[0](.success(MethodAnswer(status: 1, payload: nil)))
        #expect(run(bench.loop) { client.hasEnded })
        #expect(client.has("\"status\":1"))
        #expect(client.has("deviceId"))
    }

    @Test func `half a request and an end are forgotten`() throws {
        let bench = try Bench()
        let client = bench.connect()
        client.send("POST /modules/a/stop HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc")
        client.stream?.finishWriting()
        #expect(run(bench.loop) { client.hasEnded })
        #expect(client.received.isEmpty)
        #expect(bench.device.asked.isEmpty)
    }

    @Test func `a client that left does not get its answer, and nothing else happens`() throws {
        let bench = try Bench()
        let client = bench.connect()
        client.send("POST /twins/D/methods HTTP/1.1\r\nContent-Length: 21\r\n\r\n{\"methodName\":\"late\"}")
        #expect(run(bench.loop) { bench.device.pendingCalls.count == 1 })
        client.stream?.close()
        settle(bench.loop)
        bench.device.pendingCalls[0](.success(MethodAnswer(status: 1, payload: nil)))
        settle(bench.loop)
        #expect(bench.ask(.get, ["device"]).status == 200)
    }

    @Test func `one connection too many is told so`() throws {
        let bench = try Bench(HTTPServerLimits(connections: 3))
        let clients = (0..<3).map { _ in bench.connect() }
        for client in clients { client.send("GET /device HTTP/1.1\r\n\r\n") }
        #expect(run(bench.loop) { clients.allSatisfy { $0.has("deviceId") } })
        let refused = bench.ask(.get, ["device"])
        #expect(refused.status == 503)
        #expect(refused.message == "all 3 connections of this socket are taken: try again later")
        clients[1].stream?.close()
        #expect(run(bench.loop) { bench.ask(.get, ["device"]).status == 200 })
    }

    @Test func `a body over the limit is refused while it is still being sent`() throws {
        let bench = try Bench()
        let answer = bench.ask(.post, ["twins", "D", "methods"], body: String(repeating: "x", count: 3_000_000))
        #expect(answer.status == 413)
        #expect(answer.error == nil)
    }

    @Test func `what is not HTTP gets its status and the end`() throws {
        let bench = try Bench()
        let client = bench.connect()
        client.send("GET / HTTP/1.1\r\nbroken\r\n\r\n")
        #expect(run(bench.loop) { client.hasEnded })
        #expect(client.has("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n"))
    }

    @Test func `a request that never becomes whole expires`() throws {
        let bench = try Bench(HTTPServerLimits(requestMs: 50))
        let slow = bench.connect()
        let silent = bench.connect()
        slow.send("GET /device HTTP/1.1\r\nA: b")
        #expect(run(bench.loop) { slow.hasEnded && silent.hasEnded })
        #expect(slow.has("408 Request Timeout"))
        #expect(silent.received.isEmpty)
    }

    @Test func `an open stream outlives the limit of a request`() throws {
        let bench = try Bench(HTTPServerLimits(requestMs: 50))
        let reader = bench.connect()
        reader.send("GET /messages HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { bench.device.streams.count == 1 })
        let silent = bench.connect()
        #expect(run(bench.loop) { silent.hasEnded })
        #expect(!reader.hasEnded)
        #expect(bench.device.streams[0].write(Array("x".utf8)))
        #expect(run(bench.loop) { reader.has("1\r\nx\r\n") })
    }

    @Test func `a reader that does not keep up with a stream is cut off`() throws {
        let bench = try Bench(HTTPServerLimits(unreadStreamBytes: 100_000))
        let reader = bench.connect()
        reader.send("GET /messages HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { bench.device.streams.count == 1 })
        reader.stream?.pauseReading()
        let stream = bench.device.streams[0]
        var closed = 0
        stream.onClose = { closed += 1 }
        var written = 0
        while stream.write(Array(repeating: 120, count: 10_000)), written < 10_000_000 { written += 10_000 }
        #expect(stream.isClosed)
        #expect(closed == 1)
        #expect(written < 1_000_000)
        reader.stream?.resumeReading()
        #expect(run(bench.loop) { reader.hasEnded })
        #expect(!reader.text.hasSuffix("0\r\n\r\n"))
    }

    @Test func `a client that floods a stream's connection is closed`() throws {
        let bench = try Bench()
        let flood = bench.connect()
        flood.send("GET /messages HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { bench.device.streams.count == 1 })
        for _ in 0..<100 { flood.send(String(repeating: "GET /device HTTP/1.1\r\n\r\n", count: 100)) }
        #expect(run(bench.loop) { flood.hasEnded })
        #expect(bench.device.streams[0].isClosed)
    }

    @Test func `many requests at once from a client that reads late are all answered`() throws {
        let bench = try Bench(HTTPServerLimits(bufferedBytes: 1000))
        let client = bench.connect()
        client.stream?.pauseReading()
        for _ in 0..<4000 { client.send("GET /device HTTP/1.1\r\n\r\n") }
        settle(bench.loop)
        client.stream?.resumeReading()
        client.send("GET /queues HTTP/1.1\r\nConnection: close\r\n\r\n")
        #expect(run(bench.loop) { client.hasEnded })
        #expect(client.text.components(separatedBy: "deviceId").count == 4001)
    }

    @Test func `a server that closes closes its clients, and its loop ends`() throws {
        let bench = try Bench()
        let idle = bench.connect()
        let reader = bench.connect()
        reader.send("GET /messages HTTP/1.1\r\n\r\n")
        #expect(run(bench.loop) { bench.device.streams.count == 1 })
        bench.server.close()
        #expect(bench.device.streams[0].isClosed)
        #expect(run(bench.loop) { idle.hasEnded && reader.hasEnded })
        idle.stream?.close()
        reader.stream?.close()
        bench.loop.run()
    }

    @Test func `nothing ticks while nobody is connected`() throws {
        let bench = try Bench()
        #expect(bench.ask(.get, ["device"]).status == 200)
        settle(bench.loop)
        // With the socket closed nothing is left that could call back: a timer would be.
        bench.server.close()
        settle(bench.loop)
        #expect(!bench.loop.runOnce(wait: false))
    }
}
