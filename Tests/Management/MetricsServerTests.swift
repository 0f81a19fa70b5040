import JSON
import Management
import TestSupport
import Testing
import UV

/// The metrics port, over real connections.
@Suite struct MetricsServerTests {
    private final class Client {
        var stream: Stream?
        var text = ""
        var hasEnded = false
    }

    /// What comes back, until the server closes.
    private func ask(_ loop: Loop, _ port: UInt16, _ request: String) -> String {
        let client = Client()
        Stream.connect(loop, host: "127.0.0.1", port: port) { result in
            guard case .success(let stream) = result else {
                client.hasEnded = true
                return
            }
            client.stream = stream
            stream.read({ client.text += String(decoding: $0, as: UTF8.self) }, end: { _ in client.hasEnded = true })
            stream.write(Array(request.utf8), done: nil)
        }
        _ = run(loop) { client.hasEnded }
        client.stream?.close()
        return client.text
    }

    @Test func `GET gives the page, as it is at that moment`() throws {
        let loop = try Loop()
        var count = 0
        let server = try MetricsServer(loop, host: "127.0.0.1", port: 0) {
            count += 1
            return Array("a \(count)\n".utf8)
        }
        #expect(server.port > 0)
        let first = ask(loop, server.port, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(first.hasPrefix("HTTP/1.1 200 OK\r\n") && first.hasSuffix("\r\n\r\na 1\n"))
        #expect(first.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
        #expect(ask(loop, server.port, "GET /metrics?x=1 HTTP/1.0\r\n\r\n").hasSuffix("a 2\n"))
        let head = ask(loop, server.port, "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(head.hasSuffix("Content-Length: 4\r\n\r\n"))
        server.close()
        loop.close()
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 404"), ("GET /metrics/x HTTP/1.0\r\n\r\n", "HTTP/1.1 404"),
            ("POST /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405"),
            ("POST /metrics HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 413"), ("nonsense\r\n\r\n", "HTTP/1.1 501"),
            ("GET /modules HTTP/1.0\r\n\r\n", "HTTP/1.1 404"),
        ])
    func `nothing else is there`(request: String, answer: String) throws {
        let loop = try Loop()
        let server = try MetricsServer(loop, host: "127.0.0.1", port: 0) { Array("a 1\n".utf8) }
        #expect(ask(loop, server.port, request).hasPrefix(answer))
        server.close()
        loop.close()
    }

    @Test func `an address in use and one that is none are told`() throws {
        let loop = try Loop()
        let first = try MetricsServer(loop, host: "127.0.0.1", port: 0) { [] }
        #expect(throws: UVError.addressInUse) { try MetricsServer(loop, host: "127.0.0.1", port: first.port) { [] } }
        #expect(throws: UVError.self) { try MetricsServer(loop, host: "::zz", port: 0) { [] } }
        #expect(throws: UVError.self) { try MetricsServer(loop, host: "192.0.2.1", port: 0) { [] } }
        first.close()
        #expect(first.port == 0)
        loop.close()
    }
}
