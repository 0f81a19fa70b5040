import HTTP
import JSON
import Testing

@Suite struct ResponseParserTests {
    /// Joins the pieces of the body, so that texts that are cut differently compare.
    func joined(_ events: [ResponseParser.Event]) -> [ResponseParser.Event] {
        var result: [ResponseParser.Event] = []
        for event in events {
            if case .body(let more) = event, case .body(let before)? = result.last {
                result[result.count - 1] = .body(before + more)
            } else {
                result.append(event)
            }
        }
        return result
    }

    @Test(arguments: [1, 3, .max]) func `a response with a length ends by itself`(piece: Int) throws {
        let text = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nETag: \"x\"\r\n\r\nbodytrailing"
        let all = joined(try events(text, piece: piece))
        #expect(all == [.head(status: 404, headers: ["Content-Length": "4", "ETag": "\"x\""]), .body(Array("body".utf8)), .end])
    }

    @Test(arguments: [1, 3, .max]) func `chunks come as they are read`(piece: Int) throws {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(joined(try events(text, piece: piece)).dropFirst() == [.body(Array("abcde".utf8)), .end])
    }

    @Test func `an interim response is passed over`() throws {
        let all = try events("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", piece: 1)
        #expect(all == [.head(status: 204, headers: [:]), .end])
    }

    @Test func `a body without a length ends with the connection`() throws {
        let all = joined(try events("HTTP/1.1 200 OK\r\n\r\nabc", ends: true))
        #expect(all == [.head(status: 200, headers: [:]), .body(Array("abc".utf8)), .end])
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ])
    func `a connection that ends early is an error`(text: String) {
        #expect(throws: HTTPError.self) {
            let parser = ResponseParser()
            if !text.isEmpty { _ = try Array(text.utf8).withUnsafeBytes { try parser.feed($0) } }
            _ = try parser.finish()
        }
    }

    @Test func `what is not a response is an error`() {
        #expect(throws: HTTPError.self) { try events("220 mail.example.org ESMTP\r\n") }
    }
}
