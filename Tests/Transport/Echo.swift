import Foundation
import TLS
import TestSupport
import Transport
import UV

/// A server that sends back what it gets, on a port of 127.0.0.1, with a certificate for localhost; and clients of other makers.
final class Echo {
    let loop: Loop
    let folder = TemporaryFolder()
    let authority: CertificateAuthority
    let acceptor: TLSAcceptor
    private(set) var identity: Identity
    private var listener: Listener?
    var transports: [Transport] = []
    var received: [UInt8] = []
    /// How connections ended, in order: nil is a good end.
    var ends: [TransportError?] = []
    var answers = true

    final class Identity {
        var value: TLSIdentity
        init(_ value: TLSIdentity) { self.value = value }
    }

    init() throws {
        loop = try Loop()
        authority = try CertificateAuthority.make(commonName: "test-ca", key: try PrivateKey.generate())
        let identity = Identity(try Echo.identity(authority))
        self.identity = identity
        acceptor = TLSAcceptor(loop, TLSServer { identity.value })
        try authority.certificate.pem.withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: folder.path("ca.pem"))) }
        listener = try Listener.tcp(loop, host: "127.0.0.1", port: 0) { [unowned self] in accept($0) }
    }

    static func identity(_ authority: CertificateAuthority, name: String = "localhost") throws -> TLSIdentity {
        let key = try PrivateKey.generate()
        let content = CertificateContent(
            commonName: name, alternativeNames: [.dns(Array(name.utf8)), .ip([127, 0, 0, 1])], purpose: .server)
        return TLSIdentity(certificate: try authority.issue(content, for: key), key: key)
    }

    var port: UInt16 { listener?.port ?? 0 }

    private func accept(_ stream: UV.Stream) {
        let transport = Transport(stream, tls: acceptor)
        transports.append(transport)
        transport.read(
            { [unowned self, unowned transport] bytes in
                received += bytes
                if answers { transport.write(bytes) }
            },
            end: { [unowned self, unowned transport] error in
                ends.append(error)
                transport.finishWriting()
                transport.close()
            })
    }

    /// Runs a program beside the loop, to its end.
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
        guard run(loop, until: { isDone }), let result = outcome.result else { throw Late("\(arguments) did not end") }
        return try result.get()
    }

    /// `openssl s_client`, which sends what it is given and ends 1 s later or when the server does.
    func openssl(_ options: String = "", input: String) throws -> ProgramResult {
        try client(
            [
                "sh", "-c",
                "openssl s_client -connect 127.0.0.1:\(port) -CAfile ca.pem -verify_return_error -servername localhost -nocommands \(options)",
            ], input: input)
    }

    /// Python's ssl: `body` has the connected socket `s`.
    func python(_ body: String, setting: String = "") throws -> ProgramResult {
        let program = """
            import socket, ssl, sys, time, struct
            c = ssl.create_default_context(cafile='ca.pem')
            \(setting)
            s = c.wrap_socket(socket.create_connection(('127.0.0.1', \(port))), server_hostname='localhost')
            def get(n):
                b = b''
                while len(b) < n:
                    p = s.recv(65536)
                    if not p: break
                    b += p
                return b
            \(body)
            """
        try folder.write(program, to: "client.py")
        return try client(["python3", "client.py"])
    }

    /// A raw TCP connection.
    func raw() -> Raw {
        let raw = Raw()
        UV.Stream.connect(loop, host: "127.0.0.1", port: port) { result in
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
