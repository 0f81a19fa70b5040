import HTTP
import JSON
import Testing

@Suite struct RequestParserTests {
    let two = """
        POST /modules/a%2Fb/inputs/in+put?tail=10&follow&x=%C3%A9 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\
        Content-Type:  application/json \r\nX-Empty:\r\n\r\nhelloGET /next/ HTTP/1.1\r\nconnection: CLOSE\r\n\r\n
        """

    @Test(arguments: [1, 2, 3, 7, 64, .max]) func `two requests come out alike however they are cut`(piece: Int) throws {
        let both = try requests(two, piece: piece)
        try #require(both.count == 2)
        #expect(both[0].method == .post)
        #expect(both[0].path == ["modules", "a/b", "inputs", "in+put"])
        #expect(both[0].target.query("tail") == "10")
        #expect(both[0].target.query("follow") == "")
        #expect(both[0].target.query("x") == "é")
        #expect(both[0].target.query("none") == nil)
        #expect(both[0].headers["CONTENT-TYPE"] == "application/json")
        #expect(both[0].headers["x-empty"] == "")
        #expect(both[0].headers["absent"] == nil)
        #expect(both[0].body == Array("hello".utf8))
        #expect(both[0].keepsAlive)
        #expect(both[1].method == .get)
        #expect(both[1].path == ["next"])
        #expect(!both[1].keepsAlive)
    }

    @Test func `each place where a request is cut in two gives the same request`() throws {
        let bytes = Array(two.utf8)
        for cut in 0...bytes.count {
            let parser = RequestParser()
            var count = 0
            for part in [bytes[..<cut], bytes[cut...]] {
                try Array(part).withUnsafeBytes { try parser.feed($0) }
                while let request = try parser.next() {
                    count += 1
                    #expect(request.path == (count == 1 ? ["modules", "a/b", "inputs", "in+put"] : ["next"]))
                }
            }
            #expect(count == 2)
        }
    }

    @Test func `a second request waits until the first is taken`() throws {
        let parser = RequestParser()
        try Array("GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n".utf8).withUnsafeBytes { try parser.feed($0) }
        #expect(parser.bufferedBytes == 19)
        try Array("GET /3 HTTP/1.1\r\n\r\n".utf8).withUnsafeBytes { try parser.feed($0) }
        #expect(parser.bufferedBytes == 38)
        #expect(try parser.next()?.path == ["1"])
        #expect(try parser.next()?.path == ["2"])
        #expect(try parser.next()?.path == ["3"])
        #expect(try parser.next() == nil)
        #expect(parser.bufferedBytes == 0)
        #expect(!parser.isInsideRequest)
    }

    @Test func `nothing after a closing request is read`() throws {
        let all = try requests("GET /1 HTTP/1.1\r\nConnection: close\r\n\r\nnonsense")
        #expect(all.count == 1)
        #expect(try requests("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n", piece: 1).count == 1)
    }

    @Test func `HTTP 1 point 0 has neither chunks nor keep-alive unless it asks`() throws {
        let request = try #require(try requests("GET / HTTP/1.0\r\n\r\n").first)
        #expect(!request.takesChunks)
        #expect(!request.keepsAlive)
        #expect(request.path == [])
        #expect(try requests("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").first?.keepsAlive == true)
    }

    @Test(arguments: [1, 5, .max]) func `a chunked body is put together`(piece: Int) throws {
        let text = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
        #expect(try requests(text, piece: piece).first?.body == Array("hello world".utf8))
    }

    @Test func `a whole URL and an offer to upgrade are taken as a plain request`() throws {
        let text = """
            GET http://localhost:80/a/b?c=d HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n\
            GET /2 HTTP/1.1\r\n\r\n
            """
        let all = try requests(text)
        #expect(all.count == 2)
        #expect(all.first?.path == ["a", "b"])
    }

    @Test func `a client that waits for 100 is noticed`() throws {
        let parser = RequestParser()
        try Array("PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n".utf8).withUnsafeBytes { try parser.feed($0) }
        #expect(parser.expectsGoOn)
        #expect(parser.isInsideRequest)
        try Array("ok".utf8).withUnsafeBytes { try parser.feed($0) }
        #expect(!parser.expectsGoOn)
        #expect(try parser.next()?.body == [0x6F, 0x6B])
    }
}
