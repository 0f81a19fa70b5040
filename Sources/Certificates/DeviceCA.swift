public import JSON
public import TLS

/// The certificate authority of this device: it signs the host's and the modules' certificates, and clients trust it alone.
///
/// `certificates/device-ca.pem` (0644) and `device-ca.key.pem` (0600) in the state folder. It is valid from 1970, so that a board without
/// a clock does not lock its modules out, and has no end. Removing both files makes a new one at the next start, and every client needs
/// the new certificate.
public final class DeviceCA {
    private let authority: CertificateAuthority

    init(_ authority: CertificateAuthority) {
        self.authority = authority
    }

    /// Reads the authority, or makes one if neither file is there. Blocks.
    /// - Parameter directory: the state folder. Only the host that has its lock may do this.
    /// - Throws: CertificateError that names file, reason and remedy; the files are left as they are.
    public static func load(directory: Text) throws(CertificateError) -> DeviceCA {
        DeviceCA(try CertificateFiles(directory).load())
    }

    /// What clients must trust, in PEM form: the trust bundle.
    public var pem: [UInt8] { authority.certificate.pem }

    /// A certificate for a server that a module runs, and its new key.
    /// - Parameters:
    ///   - name: a host name or an IP address: common name and alternative name.
    ///   - module: a further alternative name, without the `$` of system modules.
    ///   - notAfter: seconds since 1970.
    public func issue(server name: Text, module: Text, notAfter: Int64 = CertificateContent.noEnd) throws(CertificateError)
        -> IssuedCertificate
    {
        let host = HostName(name)
        guard let alternative = host.alternativeName else {
            throw CertificateError(
                "\(name.quoted) is neither a host name nor an IP address: a server's certificate needs one, of at most 64 characters")
        }
        var names = [alternative]
        if let second = HostName(Text(utf8: module.utf8.filter { $0 != UInt8(ascii: "$") })).alternativeName, !names.contains(second) {
            names.append(second)
        }
        return try issue(
            CertificateContent(commonName: name.string, alternativeNames: names, purpose: .server, notAfter: notAfter))
    }

    /// A certificate by which a module proves who it is, as a TLS client, and its new key.
    /// - Parameter notAfter: seconds since 1970.
    public func issue(client module: Text, notAfter: Int64 = CertificateContent.noEnd) throws(CertificateError) -> IssuedCertificate {
        try issue(CertificateContent(commonName: module.string, purpose: .client, notAfter: notAfter))
    }

    func issue(_ content: CertificateContent) throws(CertificateError) -> IssuedCertificate {
        do throws(TLSError) {
            let key = try PrivateKey.generate()
            return IssuedCertificate(
                certificate: try authority.issue(content, for: key), authority: authority.certificate, key: key, notAfter: content.notAfter)
        } catch {
            throw CertificateError("a certificate for \(Text(content.commonName).quoted): \(Text(error.message))")
        }
    }
}
