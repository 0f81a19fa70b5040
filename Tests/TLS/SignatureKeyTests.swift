import Foundation
import TLS
import TestSupport
import Testing

/// Keys and signatures of the openssl command.
@Suite struct SignatureKeyTests {
    private let folder = TemporaryFolder()

    private func openssl(_ arguments: String) throws {
        let run = Process()
        run.executableURL = URL(fileURLWithPath: "/bin/sh")
        run.arguments = ["-c", "cd '\(folder.path)' && openssl " + arguments]
        run.standardError = FileHandle.nullDevice
        run.standardOutput = FileHandle.nullDevice
        try run.run()
        run.waitUntilExit()
        try #require(run.terminationStatus == 0)
    }

    private func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder.path(name)))) }

    private func key(_ name: String) throws -> SignatureKey {
        try openssl("ecparam -name prime256v1 -genkey -noout -out \(name).pem")
        try openssl("ec -in \(name).pem -pubout -out \(name).pub")
        return try SignatureKey(pem: try bytes(name + ".pub"))
    }

    @Test func `a signature fits its key and its digest, and nothing else`() throws {
        let key = try key("mine"), other = try self.key("other")
        try folder.write("an image", to: "image")
        try openssl("dgst -sha256 -sign mine.pem -out signature image")
        try openssl("dgst -sha256 -binary -out digest image")
        let signature = try bytes("signature"), digest = try bytes("digest")
        #expect(key.verifies(signature, of: digest))
        #expect(!other.verifies(signature, of: digest))
        #expect(!key.verifies(signature, of: digest.reversed()))
        for index in signature.indices {
            var wrong = signature
            wrong[index] ^= 1
            #expect(!key.verifies(wrong, of: digest), "byte \(index)")
        }
        for wrong in [[], [0x30], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0xFF, count: 5000)] {
            #expect(!key.verifies(wrong, of: digest))
        }
    }

    @Test(arguments: [
        ("genrsa 2048 | openssl rsa -pubout -out k", "it is a key of RSA"),
        ("ecparam -name secp384r1 -genkey -noout | openssl ec -pubout -out k", "it is a key of secp384r1"),
        ("ecparam -name prime256v1 -genkey -noout -out k", "it is not a public key"),
        ("rand -out k 300", "it is not a public key"),
    ]) func `other keys are refused by name`(command: String, message: String) throws {
        try openssl(command)
        let error = #expect(throws: SignatureKeyError.self) { try SignatureKey(pem: try bytes("k")) }
        #expect(error?.message.hasPrefix(message) == true, "\(error?.message ?? "none")")
    }

    @Test func `what is cut off or empty is no key`() throws {
        _ = try key("mine")
        let pem = try bytes("mine.pub")
        for wrong in [[], Array(pem.prefix(80)), Array("-----BEGIN PUBLIC KEY-----\n".utf8)] {
            #expect(throws: SignatureKeyError.self) { try SignatureKey(pem: wrong) }
        }
    }
}
