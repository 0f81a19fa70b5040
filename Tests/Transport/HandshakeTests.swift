import Foundation
import TLS
import TestSupport
import Testing
import Transport
import UV

/// Handshakes that go wrong, and many at once.
@Suite struct HandshakeTests {
    @Test func `a client that trusts somebody else is told apart`() throws {
        let echo = try Echo()
        let result = try echo.python("c = ssl.create_default_context(); dial()")
        #expect(result.errors.contains("CERTIFICATE_VERIFY_FAILED"))
        #expect(echo.reasons.count == 1 && echo.reasons[0].contains("martlet certificate"), "\(echo.reasons)")
        #expect(echo.acceptor.failures == 1 && echo.acceptor.handshakes == 0)
    }

    @Test func `old versions and foreign ciphers are refused with a reason`() throws {
        let echo = try Echo()
        _ = try echo.openssl("-tls1_1 -cipher ALL:@SECLEVEL=0")
        _ = try echo.openssl("-tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256")
        _ = try echo.openssl("-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA")
        _ = try echo.openssl("-tls1_3")
        #expect(echo.reasons.count == 4)
        #expect(echo.reasons[0].contains("TLS 1.2") && echo.reasons[3].contains("TLS 1.2"), "\(echo.reasons)")
        #expect(echo.reasons[1].contains("cipher of TLS 1.2") && echo.reasons[2].contains("cipher"), "\(echo.reasons)")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u{10}\u{0}\u{0}\u{4}MQTT", "\u{16}\u{3}\u{1}\u{0}\u{4}\u{1}\u{0}\u{0}\u{0}",
        String(repeating: "\u{0}", count: 70000),
    ])
    func `what is no TLS ends the connection`(text: String) throws {
        let echo = try Echo()
        let raw = echo.raw()
        raw.stream?.write(Array(text.utf8))
        #expect(run(echo.loop) { echo.ends.count == 1 && raw.hasEnded })
        #expect(echo.reasons.count == 1 && echo.received.isEmpty)
    }

    @Test func `a handshake goes on byte by byte`() throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            b = Bare()
            def drip(bytes):
                for i in range(len(bytes)): b.t.send(bytes[i:i + 1])
            b.handshake(drip)
            drip(b.record(b'slow'))
            b.i.write(b.t.recv(65536))
            try: print(b.s.read(100))
            except ssl.SSLWantReadError: b.i.write(b.t.recv(65536)); print(b.s.read(100))
            """)
        #expect(result.output == "b'slow'\n", "\(result.errors)")
    }

    @Test func `a client that leaves during the handshake leaves nothing`() throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            b = Bare(); b.t.sendall(b.hello()[:50]); b.t.close()
            b = Bare(); b.t.sendall(b.hello()); b.t.recv(10)
            b.t.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); b.t.close()
            tcp().close()
            """)
        #expect(result.code == 0, "\(result.errors)")
        #expect(run(echo.loop) { echo.ends.count == 3 })
        #expect(echo.acceptor.handshakes == 0 && echo.reasons.count == 2, "\(echo.reasons)")
    }

    @Test func `a damaged record, one too large and one of another version end the session`() throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            def end(change):
                b = Bare(); b.handshake(); r = b.record(b'text'); b.t.sendall(bytes(change(r)))
                a = b''
                while True:
                    p = b.t.recv(65536)
                    if not p: break
                    a += p
                b.i.write(a)
                try: print(b.s.read(100))
                except ssl.SSLError as e: print(e.reason)
            def flip(i):
                def change(r): r[i] ^= 1; return r
                return change
            end(flip(-1)); end(flip(5)); end(flip(0)); end(flip(2))
            end(lambda r: r + r)
            end(lambda r: b'\\x17\\x03\\x03\\xff\\xff')
            end(lambda r: b'\\x17\\x03\\x03\\x00\\x03abc')
            """)
        let alerts = result.output.split(separator: "\n").map(String.init)
        #expect(alerts.count == 7, "\(result.errors)")
        for index in [0, 1, 2, 6] where index < alerts.count { #expect(alerts[index].hasSuffix("BAD_RECORD_MAC"), "\(alerts)") }
        #expect(alerts.count > 5 && alerts[3].contains("PROTOCOL_VERSION") && alerts[5].hasSuffix("RECORD_OVERFLOW"), "\(alerts)")
        // The first of the two is good, its repetition is not.
        #expect(echo.received == Array("text".utf8))
        #expect(echo.reasons.count == 7)
    }

    @Test(arguments: [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-CCM",
    ])
    func `of each cipher, what comes again, too early, cut or changed anywhere is not given out`(cipher: String) throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            c.set_ciphers('\(cipher)')
            def end(change):
                b = Bare(); b.handshake(); one, two = b.record(b'good'), b.record(b'evil')
                b.t.sendall(bytes(change(one, two)))
                try:
                    while b.t.recv(65536): pass
                except ConnectionResetError: pass
            def flip(i):
                def change(one, two): two[i] ^= 1; return one + two
                return change
            b = Bare(); b.handshake(); n = len(b.record(b'evil')); b.t.close()
            for i in list(range(5, n)) + [0]: end(flip(i))
            end(lambda one, two: one + one)
            end(lambda one, two: two + one)
            end(lambda one, two: one + two[:3] + (n - 6).to_bytes(2, 'big') + two[5:-1])
            print(n - 5 + 4)
            """)
        let count = Int(result.output.dropLast()) ?? 0
        #expect(count > 20, "\(result.errors)")
        #expect(run(echo.loop) { echo.ends.count == count + 1 })
        #expect(echo.reasons.count == count, "\(echo.reasons)")
        // All but one of them began with a good record.
        #expect(echo.received == [UInt8]((1..<count).flatMap { _ in Array("good".utf8) }))
    }

    @Test func `a session is not negotiated anew`() throws {
        let echo = try Echo()
        _ = try echo.openssl("-tls1_2", input: "R\n")
        #expect(echo.reasons.count == 1 && echo.reasons[0].contains("renegotiate"), "\(echo.reasons)")
        #expect(echo.acceptor.handshakes == 1)
    }

    @Test func `no hello that is cut or changed harms anybody`() throws {
        let echo = try Echo()
        let printed = try echo.python("print(Bare().hello().hex())").output
        let digits = Array(printed.utf8.dropLast())
        let hello = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
        try #require(hello.count > 100)
        let server = TLSServer { [identity = echo.identity] in identity.value }
        for index in hello.indices {
            Self.feed(server, Array(hello[..<index]))
            var changed = hello
            changed[index] ^= 0xFF
            Self.feed(server, changed)
            changed[index] = 0
            Self.feed(server, changed + hello)
        }
        // The server is as good as before.
        #expect(try echo.python("s = dial(); s.send(b'x'); print(get(s, 1))").output == "b'x'\n")
    }

    private static func feed(_ server: TLSServer, _ bytes: [UInt8]) {
        var bytes = bytes
        do {
            let session = try TLSSession(server)
            try bytes.withUnsafeMutableBytes { try session.receive($0) { _ in Issue.record("there is no plaintext yet") } }
            for _ in 0..<10 where session.canAdvance { try session.advance { _ in Issue.record("there is no plaintext yet") } }
            #expect(!session.isOpen && !session.canAdvance)
        } catch {}
    }

    @Test func `of many handshakes one step is made a turn`() throws {
        let echo = try Echo()
        let printed = try echo.python("print(Bare().hello().hex())").output
        let digits = Array(printed.utf8.dropLast())
        let hello = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
        let clients = (0..<10).map { _ in echo.raw() }
        for client in clients { client.stream?.write(hello) }
        var answered = 0
        var most = 0
        let isDone = run(echo.loop) {
            let now = clients.count { !$0.received.isEmpty }
            most = max(most, now - answered)
            answered = now
            return now == clients.count
        }
        #expect(isDone && most == 1)
    }

    @Test func `a hundred clients at once are all served`() throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            from concurrent.futures import ThreadPoolExecutor
            def one(i):
                s = dial(); b = str(i).encode() * 100; s.sendall(b)
                return get(s, len(b)) == b
            with ThreadPoolExecutor(100) as pool: print(all(pool.map(one, range(100))))
            """)
        #expect(result.output == "True\n", "\(result.errors)")
        #expect(echo.acceptor.handshakes == 100)
    }
}
