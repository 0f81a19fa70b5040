import HTTP
import JSON
import Management
import TestSupport
import Testing
import UV

@Suite struct HTTPExchangeTests {
    /// A server that writes some bytes to whoever connects, then ends or not.
    func exchange(with bytes: String, ends: Bool = true, timeoutMs: UInt64? = nil) throws -> (HTTPExchangeError?, [UInt8]) {
        let loop = try Loop()
        let folder = TemporaryFolder()
        var streams: [Stream] = []
        let listener = try Listener.unix(loop, path: folder.path("s")) { stream in
            streams.append(stream)
            stream.write(Array(bytes.utf8), done: nil)
            if ends { stream.finishWriting() }
        }
        var body: [UInt8] = []
        var ended: HTTPExchangeError??
        let exchange = HTTPExchange(
            loop, socketPath: folder.path("s"), request: HTTPRequest(.get, path: ["x"]), timeoutMs: timeoutMs,
            .init(head: { _, _ in }, body: { body += $0 }, ended: { ended = .some($0) }))
        #expect(run(loop) { ended != nil })
        exchange.cancel()
        listener.close()
        return (ended ?? nil, body)
    }

    @Test func `a response may come in every form`() throws {
        let (error, body) = try exchange(with: "HTTP/1.1 200 OK\r\n\r\nhello")
        #expect(error == nil)
        #expect(body == Array("hello".utf8))
    }

    @Test func `an answer that breaks off is an error`() throws {
        #expect(try exchange(with: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").0?.kind == .connection)
        #expect(try exchange(with: "").0?.kind == .connection)
        #expect(try exchange(with: "nonsense\r\n").0?.kind == .connection)
    }

    @Test func `an answer that does not come in time is an error`() throws {
        #expect(try exchange(with: "", ends: false, timeoutMs: 20).0?.kind == .timedOut)
    }

    @Test func `a socket that is not there is no server`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        var ended: HTTPExchangeError??
        let exchange = HTTPExchange(
            loop, socketPath: folder.path("none"), request: HTTPRequest(.get, path: []),
            .init(head: { _, _ in }, body: { _ in }, ended: { ended = .some($0) }))
        #expect(run(loop) { ended != nil })
        #expect(ended??.kind == .noServer)
        exchange.cancel()
    }

    @Test func `an exchange that is dropped calls nobody`() throws {
        let bench = try Bench()
        var called = 0
        for late in [false, true] {
            var exchange: HTTPExchange? = HTTPExchange(
                bench.loop, socketPath: bench.path, request: HTTPRequest(.get, path: ["device"]), timeoutMs: 1000,
                .init(head: { _, _ in called += 1 }, body: { _ in called += 1 }, ended: { _ in called += 1 }))
            if late { bench.loop.runOnce(wait: true) }
            withExtendedLifetime(exchange) {}
            exchange = nil
            settle(bench.loop)
        }
        #expect(called == 0)
        #expect(bench.ask(.get, ["device"]).status == 200)
    }
}
