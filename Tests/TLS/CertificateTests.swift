import Foundation
import TLS
import TestSupport
import Testing

/// Keys and certificates, read and checked by the openssl command.
@Suite struct CertificateTests {
    private let folder = TemporaryFolder()

    private func openssl(_ arguments: String) throws -> ProgramResult {
        try runProgram(["/bin/sh", "-c", "openssl \(arguments) 2>&1"], folder: folder.path)
    }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
    }

    private func authority() throws -> CertificateAuthority {
        try CertificateAuthority.make(commonName: "martlet-ca-1", key: try PrivateKey.generate())
    }

    @Test func `a key is the same after it was written and read`() throws {
        let key = try PrivateKey.generate()
        let again = try PrivateKey.read(pem: key.pem)
        #expect(again.pem == key.pem)
        #expect(try PrivateKey.generate().pem != key.pem)
        try write(key.pem, "key.pem")
        #expect(try openssl("ec -in key.pem -noout -text").output.contains("ASN1 OID: prime256v1"))
        #expect(try openssl("pkcs8 -topk8 -nocrypt -in key.pem -out key8.pem").code == 0)
        #expect(try PrivateKey.read(pem: Array(Data(contentsOf: URL(fileURLWithPath: folder.path("key8.pem"))))).pem == key.pem)
        try write(key.signature(of: Array("text".utf8)), "signature")
        try write(Array("text".utf8), "text")
        #expect(try openssl("dgst -sha256 -prverify key.pem -signature signature text").output.contains("Verified OK"))
    }

    @Test func `what is no P-256 key is refused`() throws {
        #expect(throws: TLSError.self) { try PrivateKey.read(pem: Array("-----BEGIN EC PRIVATE KEY-----\n".utf8)) }
        #expect(try openssl("ecparam -name secp384r1 -genkey -noout -out other.pem").code == 0)
        let other = try Data(contentsOf: URL(fileURLWithPath: folder.path("other.pem")))
        let error = #expect(throws: TLSError.self) { try PrivateKey.read(pem: Array(other)) }
        #expect(error?.message.contains("secp384r1") == true)
    }

    @Test func `openssl verifies a server by name and address, and in strict mode`() throws {
        let authority = try authority()
        let key = try PrivateKey.generate()
        let certificate = try authority.issue(
            CertificateContent(
                commonName: "gateway", alternativeNames: [.dns(Array("gateway".utf8)), .ip([192, 168, 1, 7])], purpose: .server), for: key)
        try write(authority.certificate.pem, "ca.pem")
        try write(certificate.pem, "server.pem")
        for name in ["-verify_hostname gateway", "-verify_ip 192.168.1.7"] {
            let result = try openssl("verify -x509_strict -purpose sslserver -CAfile ca.pem \(name) server.pem")
            #expect(result.code == 0, "\(result.output)")
        }
        for name in ["-verify_hostname other", "-verify_ip 192.168.1.8", "-purpose sslclient"] {
            #expect(try openssl("verify -x509_strict -CAfile ca.pem \(name) server.pem").code != 0)
        }
        #expect(try openssl("verify -x509_strict -CAfile ca.pem ca.pem").code == 0)
        let text = try openssl("x509 -in server.pem -noout -text").output
        #expect(text.contains("DNS:gateway, IP Address:192.168.1.7") && text.contains("TLS Web Server Authentication"))
        #expect(text.contains("Signature Algorithm: ecdsa-with-SHA256") && text.contains("CA:FALSE") && text.contains("Version: 3"))
        #expect(try Certificate(pem: certificate.pem) == certificate)
    }

    @Test(
        arguments: [
            (0, "Jan  1 00:00:00 1970 GMT"), (951_782_399, "Feb 28 23:59:59 2000 GMT"), (951_782_400, "Feb 29 00:00:00 2000 GMT"),
            (1_709_251_199, "Feb 29 23:59:59 2024 GMT"), (1_735_689_599, "Dec 31 23:59:59 2024 GMT"),
            (2_524_607_999, "Dec 31 23:59:59 2049 GMT"), (2_524_608_000, "Jan  1 00:00:00 2050 GMT"),
            (4_107_542_400, "Mar  1 00:00:00 2100 GMT"), (253_402_300_799, "Dec 31 23:59:59 9999 GMT"),
        ] as [(Int64, String)])
    func `a time is written as it is read`(time: Int64, text: String) throws {
        let authority = try CertificateAuthority.make(
            commonName: "ca", key: try PrivateKey.generate(), notBefore: time, notAfter: time)
        try write(authority.certificate.pem, "ca.pem")
        #expect(try openssl("x509 -in ca.pem -noout -dates").output == "notBefore=\(text)\nnotAfter=\(text)\n")
    }

    @Test func `a client's certificate is none for servers`() throws {
        let authority = try authority()
        try write(authority.certificate.pem, "ca.pem")
        try write(
            try authority.issue(CertificateContent(commonName: "module", purpose: .client), for: try PrivateKey.generate()).pem,
            "client.pem")
        #expect(try openssl("verify -purpose sslclient -x509_strict -CAfile ca.pem client.pem").code == 0)
        #expect(try openssl("verify -purpose sslserver -CAfile ca.pem client.pem").code != 0)
    }

    @Test(arguments: ["", String(repeating: "x", count: 65), "a\u{0}b"])
    func `a common name has 1 to 64 characters`(name: String) throws {
        let authority = try authority()
        #expect(throws: TLSError.self) {
            try authority.issue(CertificateContent(commonName: name, purpose: .client), for: try PrivateKey.generate())
        }
        let longest = CertificateContent(commonName: String(repeating: "ä", count: 64), purpose: .client)
        _ = try authority.issue(longest, for: try PrivateKey.generate())
    }

    @Test func `an authority needs its own certificate and key`() throws {
        let authority = try authority()
        let key = try PrivateKey.generate()
        let server = try authority.issue(CertificateContent(commonName: "x", purpose: .server), for: key)
        #expect(throws: TLSError.self) { try CertificateAuthority(certificate: server, key: key) }
        #expect(throws: TLSError.self) { try CertificateAuthority(certificate: authority.certificate, key: key) }
        #expect(throws: TLSError.self) { try Certificate(pem: Array("no certificate".utf8)) }
    }
}
