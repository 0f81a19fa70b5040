import Foundation
import TLS
import TestSupport
import Testing
import Transport
import UV

/// Sessions with Python's ssl and the openssl command.
@Suite struct TransportTests {
    @Test(arguments: [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-AES128-CCM",
        "ECDHE-ECDSA-AES256-CCM",
    ])
    func `bytes go there and back with every cipher that is offered`(cipher: String) throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            c.set_ciphers('\(cipher)')
            s = dial()
            print(s.version(), s.cipher()[0])
            for n in [1, 100, 16384, 16385, 300000]:
                b = bytes(i * 7 % 251 for i in range(n))
                s.sendall(b)
                assert get(s, n) == b, n
            s.unwrap()
            """)
        #expect(result.code == 0, "\(result.errors)")
        #expect(result.output == "TLSv1.2 \(cipher)\n")
        #expect(echo.ends.count == 1 && echo.reasons == [])
        #expect(echo.acceptor.handshakes == 1 && echo.acceptor.failures == 0)
    }

    @Test func `openssl verifies the certificate, its name and its chain`() throws {
        let result = try Echo().openssl("-verify_hostname localhost -x509_strict")
        #expect(result.output.contains("Verify return code: 0 (ok)"), "\(result.output)")
        #expect(result.output.contains("Protocol  : TLSv1.2"))
        #expect(result.output.contains("Secure Renegotiation IS supported"))
    }

    @Test func `the end of a connection is said, so that nobody can cut it short`() throws {
        let echo = try Echo()
        echo.took = { transport, bytes in
            transport.write(bytes)
            transport.finishWriting()
        }
        // Without close_notify this recv would raise SSLEOFError.
        let result = try echo.python("s = dial(); s.send(b'bye'); print(get(s, 100))")
        #expect(result.output == "b'bye'\n", "\(result.errors)")
        let closing = try Echo()
        closing.took = { transport, _ in transport.close() }
        #expect(try closing.python("s = dial(); s.send(b'bye'); print(get(s, 100))").output == "b''\n")
    }

    @Test func `a client that goes without a word has ended, too`() throws {
        let echo = try Echo()
        let result = try echo.python("s = dial(); s.send(b'x'); assert get(s, 1) == b'x'; os._exit(0)")
        #expect(result.code == 0, "\(result.errors)")
        #expect(echo.ends.count == 1 && echo.received == [UInt8(ascii: "x")])
    }

    @Test func `a session is resumed with the client's ticket, without a new agreement`() throws {
        let echo = try Echo()
        let result = try echo.python(
            """
            c.maximum_version = ssl.TLSVersion.TLSv1_2
            a = dial(); a.send(b'a'); get(a, 1)
            b = dial(session=a.session); b.send(b'b'); get(b, 1)
            print(a.session_reused, b.session_reused)
            a.unwrap(); b.unwrap()
            """)
        #expect(result.output == "False True\n", "\(result.errors)")
        #expect(echo.received == Array("ab".utf8))
    }

    @Test func `a new certificate is for new sessions, and those that are open go on`() throws {
        let echo = try Echo()
        let other = try Echo.identity(echo.authority)
        echo.took = { [identity = echo.identity] transport, bytes in
            identity.value = other
            transport.write(bytes)
        }
        let result = try echo.python(
            """
            a = dial(); a.send(b'swap'); get(a, 4)
            b = dial(); b.send(b'b'); get(b, 1)
            a.send(b'still'); print(get(a, 5))
            print(a.getpeercert()['serialNumber'] != b.getpeercert()['serialNumber'])
            r = dial(session=a.session); print(r.session_reused)
            """)
        #expect(result.output == "b'still'\nTrue\nTrue\n", "\(result.errors)")
    }

    @Test func `what is written before the handshake is done comes behind it`() throws {
        let echo = try Echo()
        var outcomes: [UVError?] = []
        echo.opened = { transport in
            transport.write(Array("hello ".utf8)) { outcomes.append($0) }
            transport.write(Array("world".utf8)) { outcomes.append($0) }
            #expect(transport.unsentBytes == 11)
            transport.finishWriting()
        }
        #expect(try echo.python("print(get(dial(), 100))").output == "b'hello world'\n")
        #expect(outcomes == [nil, nil])
    }

    @Test func `nothing is given out during a pause, and nothing is lost`() throws {
        let echo = try Echo()
        var isPaused = false
        var resumed = 0
        echo.took = { [loop = echo.loop] transport, bytes in
            #expect(!isPaused)
            isPaused = true
            transport.pauseReading()
            loop.soon {
                isPaused = false
                resumed += 1
                transport.resumeReading()
            }
        }
        let result = try echo.python("s = dial(); s.sendall(bytes(i % 251 for i in range(1000000))); s.unwrap()")
        #expect(result.code == 0, "\(result.errors)")
        #expect(echo.received == (0..<1_000_000).map { UInt8($0 % 251) })
        #expect(resumed > 1 && echo.ends.count == 1 && echo.reasons == [])
    }

    @Test func `a reader that is slow is waited for`() throws {
        let echo = try Echo()
        var drains = 0
        echo.took = { transport, bytes in
            transport.onDrain = { drains += 1 }
            transport.write([UInt8](repeating: 7, count: 8_000_000))
            #expect(transport.unsentBytes > 0)
        }
        let result = try echo.python("s = dial(); s.send(b'x'); print(get(s, 8000000) == b'\\x07' * 8000000)")
        #expect(result.output == "True\n", "\(result.errors)")
        #expect(drains == 1)
    }

    @Test func `a connection that nobody keeps is closed`() throws {
        let echo = try Echo()
        let raw = echo.raw()
        #expect(run(echo.loop) { echo.transports.count == 1 })
        echo.transports[0].close()
        #expect(!echo.transports[0].isOpen)
        #expect(run(echo.loop) { raw.hasEnded })
        #expect(raw.received.isEmpty)
    }

    @Test func `a plain connection is one of TLS without TLS`() throws {
        let loop = try Loop()
        let folder = TemporaryFolder()
        var server: Transport?
        var received: [UInt8] = []
        let listener = try Listener.unix(loop, path: folder.path("socket")) { stream in
            let transport = Transport(stream)
            server = transport
            transport.read({ transport.write($0) }, end: { _ in transport.close() })
        }
        UV.Stream.connect(loop, unixPath: folder.path("socket")) { result in
            guard case .success(let stream) = result else { return }
            let client = Transport(stream)
            client.write(Array("plain".utf8))
            client.read({ received += $0 }, end: { _ in client.close() })
        }
        #expect(run(loop) { received.count == 5 })
        #expect(server?.isSecure == false && server?.peerProcessID == getpid())
        server?.close()
        listener.close()
    }
}
