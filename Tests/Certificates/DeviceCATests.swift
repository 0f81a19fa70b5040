import Certificates
import Files
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct DeviceCATests {
    private let folder = TemporaryFolder()
    private var directory: Text { Text(folder.path) }

    private func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))) }

    private func write(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.path(name)))
    }

    private func openssl(_ arguments: String) throws -> ProgramResult {
        try runProgram(["/bin/sh", "-c", "openssl \(arguments) 2>&1"], folder: folder.path)
    }

    @Test func `an authority is made once, and its key is the owner's alone`() throws {
        let first = try DeviceCA.load(directory: directory)
        #expect(try Files.status(folder.path("certificates/device-ca.key.pem")).permissions == 0o600)
        #expect(try Files.status(folder.path("certificates")).permissions == 0o700)
        #expect(try bytes("certificates/device-ca.pem") == first.pem)
        let again = try DeviceCA.load(directory: directory)
        #expect(again.pem == first.pem)
        #expect(try Files.names(in: folder.path("certificates")).sorted() == ["device-ca.key.pem", "device-ca.pem"])
        let text = try openssl("x509 -in certificates/device-ca.pem -noout -text").output
        #expect(text.contains("CN = martlet-ca-") && text.contains("CA:TRUE"))
        #expect(text.contains("Not Before: Jan  1 00:00:00 1970 GMT") && text.contains("Not After : Dec 31 23:59:59 9999 GMT"))
        let other = TemporaryFolder()
        #expect(try DeviceCA.load(directory: Text(other.path)).pem != first.pem)
    }

    @Test func `a module's certificates are verified by the authority's`() throws {
        let authority = try DeviceCA.load(directory: directory)
        let server = try authority.issue(server: "gateway.local", module: "$edgeHub", notAfter: 4_000_000_000)
        try write(server.pem, "server.pem")
        try write(try authority.issue(client: "camera").pem, "client.pem")
        let verify = "verify -x509_strict -CAfile certificates/device-ca.pem"
        #expect(try openssl("\(verify) -purpose sslserver -verify_hostname gateway.local server.pem").code == 0)
        #expect(try openssl("\(verify) -purpose sslserver -verify_hostname edgeHub server.pem").code == 0)
        #expect(try openssl("\(verify) -purpose sslclient client.pem").code == 0)
        #expect(try openssl("x509 -in server.pem -noout -enddate").output == "notAfter=Oct  2 07:06:40 2096 GMT\n")
        try write(try authority.issue(server: "10.0.0.1", module: "m").pem, "server.pem")
        #expect(try openssl("\(verify) -purpose sslserver -verify_ip 10.0.0.1 server.pem").code == 0)
        let error = #expect(throws: CertificateError.self) { try authority.issue(server: "no name", module: "m") }
        #expect(error?.message.string.contains("no name") == true)
    }

    @Test(arguments: ["device-ca.pem", "device-ca.key.pem"]) func `a damaged or missing file is an error and stays as it is`(name: String)
        throws
    {
        let other = TemporaryFolder()
        _ = try DeviceCA.load(directory: Text(other.path))
        let foreign = Array(try Data(contentsOf: URL(fileURLWithPath: other.path("certificates/" + name))))
        _ = try DeviceCA.load(directory: directory)
        let path = "certificates/" + name
        let good = try bytes(path)
        for content in [[], Array("damaged".utf8), Array(good.dropLast(60)), foreign] {
            try write(content, path)
            let error = #expect(throws: CertificateError.self) { try DeviceCA.load(directory: directory) }
            #expect(error?.message.string.contains("certificates/device-ca") == true, "\(content.count)")
            #expect(try bytes(path) == content)
        }
        try Files.remove(folder.path(path))
        let error = #expect(throws: CertificateError.self) { try DeviceCA.load(directory: directory) }
        #expect(error?.message.string.contains("missing") == true && error?.message.string.contains(name) == true)
        try write(good, path)
        _ = try DeviceCA.load(directory: directory)
    }

    @Test func `power that fails while the authority is made leaves no half of one`() throws {
        let made = try DeviceCA.load(directory: directory)
        // Between the two renames: the key has its name, the certificate has not.
        try Files.rename(folder.path("certificates/device-ca.pem"), to: folder.path("certificates/device-ca.pem.new"))
        #expect(try DeviceCA.load(directory: directory).pem == made.pem)
        #expect(try bytes("certificates/device-ca.pem") == made.pem)
        // Before them.
        try Files.rename(folder.path("certificates/device-ca.pem"), to: folder.path("certificates/device-ca.pem.new"))
        try Files.rename(folder.path("certificates/device-ca.key.pem"), to: folder.path("certificates/device-ca.key.pem.new"))
        #expect(try DeviceCA.load(directory: directory).pem != made.pem)
    }

    @Test func `a folder that cannot be made is an error that names it`() throws {
        try write([], "certificates")
        let error = #expect(throws: CertificateError.self) { try DeviceCA.load(directory: directory) }
        #expect(error?.message.string.contains(folder.path("certificates")) == true)
    }
}
