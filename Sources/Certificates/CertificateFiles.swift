import CPOSIX
import Files
import JSON
import TLS

/// The two files of a `DeviceCA`.
struct CertificateFiles {
    private let state: String
    private let folder: String
    private let certificatePath: String
    private let keyPath: String
    private static let mostBytes = 64 << 10

    init(_ directory: Text) {
        state = directory.string
        folder = Files.join(state, "certificates")
        certificatePath = Files.join(folder, "device-ca.pem")
        keyPath = Files.join(folder, "device-ca.key.pem")
    }

    func load() throws(CertificateError) -> CertificateAuthority {
        var certificate = try read(certificatePath)
        let key = try read(keyPath)
        if certificate == nil, key != nil, let new = try read(Self.new(certificatePath)) {
            // The power failed between the two renames of `make`.
            do throws(FileError) { try rename(certificatePath) } catch { throw refusal(error) }
            certificate = new
        }
        switch (certificate, key) {
        case (nil, nil): return try make()
        case (let certificate?, let key?): return try authority(certificate, key)
        case (nil, _):
            throw CertificateError(
                "\(Text(certificatePath)) is missing beside its key: bring it back, or remove \(Text(keyPath)) too for a new authority, whose certificate every client needs then"
            )
        case (_, nil):
            throw CertificateError(
                "\(Text(keyPath)) is missing beside its certificate: bring it back, or remove \(Text(certificatePath)) too for a new authority, whose certificate every client needs then"
            )
        }
    }

    private func authority(_ certificate: [UInt8], _ key: [UInt8]) throws(CertificateError) -> CertificateAuthority {
        let parsed: Certificate
        do throws(TLSError) { parsed = try Certificate(pem: certificate) } catch { throw damaged(certificatePath, error) }
        let parsedKey: PrivateKey
        do throws(TLSError) { parsedKey = try PrivateKey.read(pem: key) } catch { throw damaged(keyPath, error) }
        do throws(TLSError) {
            return try CertificateAuthority(certificate: parsed, key: parsedKey)
        } catch {
            throw damaged(certificatePath, error)
        }
    }

    private func damaged(_ path: String, _ error: TLSError) -> CertificateError {
        CertificateError(
            "\(Text(path)): \(Text(error.message)); it is left as it is: bring back a copy, or remove both files of \(Text(folder)) for a new authority, whose certificate every client needs then"
        )
    }

    /// nil: there is no file.
    private func read(_ path: String) throws(CertificateError) -> [UInt8]? {
        do throws(FileError) {
            return try Files.read(path, limit: Self.mostBytes)
        } catch {
            // A link that leads nowhere is a file on a disk that is not there, and no reason to make another.
            if error.code == ENOENT && !Files.isTaken(path) { return nil }
            throw refusal(error)
        }
    }

    private func refusal(_ error: FileError) -> CertificateError {
        CertificateError("\(Text(error.message)): the device's certificates must be readable, and their folder writable, for this user")
    }

    /// Both files are on the disk before the first has its name: a failure in between is finished by the next start.
    private func make() throws(CertificateError) -> CertificateAuthority {
        let authority: CertificateAuthority
        let key: PrivateKey
        do throws(TLSError) {
            key = try PrivateKey.generate()
            // No host is called so, and two devices are not taken for one.
            let name = "martlet-ca-" + SHA256.hex(RandomBytes.make(8))
            authority = try CertificateAuthority.make(commonName: name, key: key)
        } catch {
            throw CertificateError("\(Text(folder)): the device's authority could not be made: \(Text(error.message))")
        }
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
            try write(certificatePath, authority.certificate.pem, 0o644)
            try write(keyPath, key.pem, 0o600)
            try Files.syncFolder(folder)
            try rename(keyPath)
            try rename(certificatePath)
            try Files.syncFolder(state)
        } catch {
            throw refusal(error)
        }
        return authority
    }

    private static func new(_ path: String) -> String { path + ".new" }

    private func rename(_ path: String) throws(FileError) {
        try Files.rename(Self.new(path), to: path)
        try Files.syncFolder(folder)
    }

    private func write(_ path: String, _ bytes: [UInt8], _ permissions: UInt32) throws(FileError) {
        try Files.remove(Self.new(path))
        let file = try OpenFile(Self.new(path), .create(permissions: permissions))
        try file.replaceContent(bytes)
        try file.sync()
    }
}
