import HTTP
import JSON
import Testing

@Suite struct BuildingTests {
    @Test func `a request that is built parses as itself`() throws {
        let request = HTTPRequest(
            .patch, path: ["twins", "d#1/ü", "modules", "$x+y%"], query: [.init(name: "a&b", value: "c=d"), .init(name: "e", value: nil)],
            headers: ["If-Match": "\"AAA=\"", "X": "a\r\nInjected: b"], body: Array("{}".utf8), keepsAlive: false)
        let read = try #require(try requests(String(decoding: request.bytes, as: UTF8.self), piece: 1).first)
        #expect(read.method == .patch)
        #expect(read.target == request.target)
        #expect(read.headers["If-Match"] == "\"AAA=\"")
        #expect(read.headers["Injected"] == nil)
        #expect(read.headers["Host"] == "localhost")
        #expect(read.body == request.body)
        #expect(!read.keepsAlive)
    }

    @Test func `a response says its length, unless it has no body`() {
        let response = HTTPResponse(200, headers: ["A": "b"], body: Array("xyz".utf8))
        #expect(text(response.bytes(keepsAlive: true)) == "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\nxyz")
        #expect(text(response.bytes(keepsAlive: true, toHead: true)) == "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 3\r\n\r\n")
        #expect(text(HTTPResponse(204).bytes(keepsAlive: false)) == "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    }

    @Test func `a streamed response goes in chunks and ends`() throws {
        let request = try #require(try requests("GET / HTTP/1.1\r\n\r\n").first)
        let response = StreamedResponse(200, to: request)
        let all =
            response.head + response.piece(Array("abc".utf8)) + response.piece([]) + response.piece(Array(repeating: 120, count: 20))
            + response.end
        let read = try events(text(all), piece: 2)
        #expect(read.last == .end)
        var body: [UInt8] = []
        for case .body(let piece) in read { body += piece }
        #expect(text(body) == "abc" + String(repeating: "x", count: 20))
        #expect(response.leavesConnectionOpen)
    }

    @Test func `a client of HTTP 1 point 0 gets the body as it is`() throws {
        let request = try #require(try requests("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").first)
        let response = StreamedResponse(200, to: request)
        #expect(text(response.head + response.piece(Array("abc".utf8)) + response.end) == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
        #expect(!response.leavesConnectionOpen)
    }

    func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
