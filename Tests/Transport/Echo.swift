import Foundation
import TLS
import TestSupport
import Transport
import UV

/// A server that sends back what it gets, on a port of 127.0.0.1, with a certificate for localhost; and clients of other makers.
final class Echo {
    /// The identity that new connections see.
    final class Identity {
        var value: TLSIdentity
        init(_ value: TLSIdentity) { self.value = value }
    }

    let loop: Loop
    let folder = TemporaryFolder()
    let authority: CertificateAuthority
    let identity: Identity
    let acceptor: TLSAcceptor
    private var listener: Listener?
    private(set) var transports: [Transport] = []
    /// What came, of all connections together.
    private(set) var received: [UInt8] = []
    /// How connections ended, in order: nil is a good end.
    private(set) var ends: [TransportError?] = []
    /// What is done with a new connection.
    var opened: (Transport) -> Void = { _ in }
    /// What is done with bytes.
    var took: (Transport, UnsafeRawBufferPointer) -> Void = { $0.write($1) }

    init() throws {
        loop = try Loop()
        authority = try CertificateAuthority.make(commonName: "test-ca", key: try PrivateKey.generate())
        let identity = Identity(try Echo.identity(authority))
        self.identity = identity
        acceptor = TLSAcceptor(loop, TLSServer { identity.value })
        try Data(authority.certificate.pem).write(to: URL(fileURLWithPath: folder.path("ca.pem")))
        listener = try Listener.tcp(loop, host: "127.0.0.1", port: 0) { [unowned self] in accept($0) }
    }

    static func identity(_ authority: CertificateAuthority) throws -> TLSIdentity {
        let key = try PrivateKey.generate()
        let content = CertificateContent(commonName: "localhost", alternativeNames: [.dns(Array("localhost".utf8))], purpose: .server)
        return TLSIdentity(certificate: try authority.issue(content, for: key), key: key)
    }

    /// Why the connections ended that ended badly.
    var reasons: [String] { ends.compactMap { $0?.message } }

    private func accept(_ stream: UV.Stream) {
        let transport = Transport(stream, tls: acceptor)
        transports.append(transport)
        opened(transport)
        transport.read(
            { [unowned self, unowned transport] bytes in
                received += bytes
                took(transport, bytes)
            },
            end: { [unowned self, unowned transport] error in
                ends.append(error)
                transport.close()
            })
    }

    /// Runs a program beside the loop, to its end, and the loop until all its connections have ended.
    func client(_ arguments: [String], input: String = "") throws -> ProgramResult {
        final class Outcome: @unchecked Sendable { var result: Result<ProgramResult, Error>? }
        let outcome = Outcome()
        var isDone = false
        let wakeup = try Wakeup(loop) { isDone = true }
        let (path, bytes) = (folder.path, Array(input.utf8))
        Thread.detachNewThread {
            outcome.result = Result { try runProgram(["/usr/bin/env"] + arguments, input: bytes, folder: path) }
            wakeup.wake()
        }
        // A program may take as long as `runProgram` allows it.
        for _ in 0..<10 where !isDone { _ = run(loop) { isDone } }
        guard let result = outcome.result else { throw Late("\(arguments) did not end") }
        wakeup.close()
        _ = run(loop) { transports.allSatisfy { !$0.isOpen } }
        return try result.get()
    }

    /// `openssl s_client`: makes a handshake, sends what it is given, and ends.
    func openssl(_ options: String = "", input: String = "") throws -> ProgramResult {
        let command = "openssl s_client -connect 127.0.0.1:\(listener?.port ?? 0) -CAfile ca.pem -verify_return_error"
        return try client(["sh", "-c", "\(command) -servername localhost \(options) 2>&1"], input: input)
    }

    /// Python's ssl.
    /// - Parameters:
    ///   - body: has `c`, the context; `dial()`, which makes a connection; `get(s, n)`, which reads so many bytes of one, or to its end.
    func python(_ body: String) throws -> ProgramResult {
        let program = """
            import os, socket, ssl, sys, struct
            c = ssl.create_default_context(cafile='ca.pem')
            def tcp():
                t = socket.create_connection(('127.0.0.1', \(listener?.port ?? 0)), timeout=30)
                t.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return t
            def dial(**options):
                return c.wrap_socket(tcp(), server_hostname='localhost', suppress_ragged_eofs=False, **options)
            def get(s, n):
                b = b''
                while len(b) < n:
                    p = s.recv(65536)
                    if not p: break
                    b += p
                return b
            class Bare:
                # TLS whose bytes are sent by hand.
                def __init__(self):
                    self.t, self.i, self.o = tcp(), ssl.MemoryBIO(), ssl.MemoryBIO()
                    self.s = c.wrap_bio(self.i, self.o, server_hostname='localhost')
                def hello(self):
                    try: self.s.do_handshake()
                    except ssl.SSLWantReadError: pass
                    return self.o.read()
                def handshake(self, send=None):
                    while True:
                        try:
                            self.s.do_handshake()
                            (send or self.t.sendall)(self.o.read())
                            return
                        except ssl.SSLWantReadError:
                            (send or self.t.sendall)(self.o.read())
                            self.i.write(self.t.recv(65536))
                def record(self, b):
                    self.s.write(b)
                    return bytearray(self.o.read())
            """
        try folder.write(program + "\n" + body + "\n", to: "client.py")
        return try client(["python3", "client.py"])
    }

    /// A raw TCP connection, on the server's own loop.
    func raw() -> Raw {
        let raw = Raw()
        UV.Stream.connect(loop, host: "127.0.0.1", port: listener?.port ?? 0) { result in
            guard case .success(let stream) = result else { return }
            raw.stream = stream
            stream.read({ raw.received += $0 }, end: { _ in raw.hasEnded = true })
        }
        _ = run(loop) { raw.stream != nil }
        return raw
    }

    final class Raw {
        var stream: UV.Stream?
        var received: [UInt8] = []
        var hasEnded = false
    }
}
