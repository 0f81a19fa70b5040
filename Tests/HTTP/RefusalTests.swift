import HTTP
import JSON
import Testing

@Suite struct RefusalTests {
    @Test(arguments: [
        "\r\n\0\r\n", "GET\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET / HTTP/x\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\u{1}\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "GET /%zz HTTP/1.1\r\n\r\n", "GET /% HTTP/1.1\r\n\r\n",
        "GET /%00 HTTP/1.1\r\n\r\n", "GET /%ff HTTP/1.1\r\n\r\n", "GET /?a=%f HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}",
    ])
    func `what is not HTTP is refused, at once or byte by byte`(text: String) {
        let whole = refusal(text)
        #expect(whole != nil)
        #expect(refusal(text, piece: 1) == whole)
    }

    @Test func `each limit has its status`() throws {
        let limits = HTTPLimits(url: 10, headers: 60, headerCount: 3, body: 4)
        func status(_ text: String) -> Int? {
            do { _ = try requests(text, piece: 5, limits: limits) } catch { return (error as? HTTPError)?.status }
            return nil
        }
        #expect(status("GET /234567890 HTTP/1.1\r\n\r\n") == nil)
        #expect(status("GET /2345678901 HTTP/1.1\r\n\r\n") == 414)
        #expect(status("GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 50))\r\n\r\n") == nil)
        #expect(status("GET / HTTP/1.1\r\nA: \(String(repeating: "x", count: 60))\r\n\r\n") == 431)
        #expect(status("GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\nD:\r\nE:\r\n\r\n") == 431)
        #expect(status("POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nabcd") == nil)
        #expect(status("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n") == 413)
        #expect(status("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n") == 413)
        #expect(status("BREW / HTTP/1.1\r\n\r\n") == 501)
        #expect(status("PROPFIND / HTTP/1.1\r\n\r\n") == 501)
        #expect(status("CONNECT h:1 HTTP/1.1\r\n\r\n") == 501)
        #expect(status("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n") == 501)
        #expect(status("GET / HTTP/2.0\r\n\r\n") == 505)
        #expect(status("nonsense\r\n\r\n") == 501)
    }

    @Test func `random damage never breaks the parser`() {
        let text = Array(RequestParserTests().two.utf8)
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            var bytes = text
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            let parser = RequestParser()
            do {
                for piece in pieces(of: bytes, Int.random(in: 1...80, using: &random)) {
                    try piece.withUnsafeBytes { try parser.feed($0) }
                    while let request = try parser.next() { #expect(request.body.count <= bytes.count) }
                }
            } catch {
                #expect(error is HTTPError)
            }
        }
    }
}
