import Certificates
import EdgeHub
import Files
import JSON
import Management
import ModuleIdentities
import ModuleInstances
import TLS
import UV

/// The workload sockets of executables.
extension Device: WorkloadHost {
    func open(
        path: String, module: Text, generationID: Text, processID: @escaping () -> Int32?
    ) throws(InstanceError) -> any WorkloadSocket {
        guard path.utf8.count <= Self.longestSocketPath else {
            throw InstanceError(
                """
                the path of its workload socket, \(Text(path)), has \(path.utf8.count) bytes and may have \(Self.longestSocketPath); name a \
                shorter host.runtimeDirectory, or give the module a shorter name
                """, isLasting: true)
        }
        // The folder is this host's alone, so a socket in it is left over; see `listen`.
        try? Files.remove(path)
        do throws(UVError) {
            return try WorkloadServer(
                loop, path: path, module: module, generationID: generationID, device: self, processID: processID,
                stranger: { [log] in log.warning("the workload socket of \(module) refuses process \($0), which is none of that module") })
        } catch {
            throw InstanceError("cannot listen on \(Text(path)): \(Text(error.message))")
        }
    }

    /// Makes the folder of the sockets, with nothing in it.
    func makeWorkloadFolder() {
        let folder = Files.join(place.runtimeDirectory, "workload")
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
            for name in try Files.names(in: folder) { try Files.remove(Files.join(folder, name)) }
        } catch {
            log.warning("the folder of the workload sockets: \(Text(error.message))")
        }
    }
}

extension WorkloadServer: WorkloadSocket {}

/// What modules ask for on their workload sockets.
extension Device: WorkloadControl {
    func trustBundle() -> Result<Text, ControlError> {
        do throws(CertificateError) {
            return .success(Text(utf8: try certificates.deviceCA().pem))
        } catch {
            return .failure(ControlError(.notFound, error.message))
        }
    }

    func sign(_ data: [UInt8], module: Text) -> Result<[UInt8], ControlError> {
        guard hub.identityRecord(module)?.authentication == .sas, let keys = hub.keys(of: module) else {
            return .failure(ControlError(.notFound, "module \(module.quoted) has no keys: its authentication is none"))
        }
        return .success(HMACSHA256.code(of: data, key: keys.primary))
    }

    func encrypt(
        _ plaintext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError> {
        guard let key = hub.encryptionKey(of: module) else { return .failure(noKey(module)) }
        return .success(
            AES256GCM.seal(plaintext, key: key, nonce: initializationVector, authenticated: module.bytes + generationID.bytes))
    }

    func decrypt(
        _ ciphertext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError> {
        guard let key = hub.encryptionKey(of: module) else { return .failure(noKey(module)) }
        let plaintext = AES256GCM.open(
            ciphertext, key: key, nonce: initializationVector, authenticated: module.bytes + generationID.bytes)
        if let plaintext { return .success(plaintext) }
        return .failure(
            ControlError(
                .invalid, "the ciphertext was changed, or was not made by this module in this generation with this initializationVector"))
    }

    private func noKey(_ module: Text) -> ControlError {
        ControlError(.notFound, "there is no key for module \(module.quoted)")
    }

    func serverCertificate(commonName: Text, module: Text) -> Result<WorkloadCertificate, ControlError> {
        guard HostName(commonName).alternativeName != nil else {
            return .failure(ControlError(.invalid, "commonName is \(commonName.quoted): a host name or an IP address is expected"))
        }
        return issue(module) { [certificates] () throws(CertificateError) in
            try certificates.deviceCA().issue(server: commonName, module: module, notAfter: certificates.moduleEnd)
        }
    }

    func identityCertificate(module: Text) -> Result<WorkloadCertificate, ControlError> {
        issue(module) { [certificates] () throws(CertificateError) in
            try certificates.deviceCA().issue(client: module, notAfter: certificates.moduleEnd)
        }
    }

    private func issue(
        _ module: Text, _ make: () throws(CertificateError) -> IssuedCertificate
    ) -> Result<WorkloadCertificate, ControlError> {
        guard certificates.mayIssue(to: module) else {
            return .failure(ControlError(.full, "too many certificates were issued within a minute: keep what you have, or try later"))
        }
        do throws(CertificateError) {
            let issued = try make()
            return .success(
                WorkloadCertificate(
                    privateKey: Text(utf8: issued.key.pem), certificate: Text(utf8: issued.pem),
                    expiration: Text(iso8601Ms: issued.notAfter * 1000)))
        } catch {
            return .failure(ControlError(.failed, error.message))
        }
    }
}
