public import JSON

/// What the workload API needs of the device. Everything is called on the loop's thread, for one module: the socket's own.
public protocol WorkloadControl: AnyObject {
    /// The certificates, as PEM text, that a module must trust to connect to the device.
    func trustBundle() -> Result<Text, ControlError>

    /// As `DeviceControl.modules`.
    func modules() -> [JSONObject]

    /// HMAC-SHA256 of data under the primary key of a module's identity: 32 bytes. `.notFound` where it has none.
    func sign(_ data: [UInt8], module: Text) -> Result<[UInt8], ControlError>

    /// Encrypts data so that only the same identity in the same generation can decrypt it, and notices any change of it.
    /// - Parameter initializationVector: any bytes that the module never uses twice.
    func encrypt(
        _ plaintext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError>

    /// The other way round. `.invalid` where it is not what `encrypt` gave for that module, generation and vector.
    func decrypt(
        _ ciphertext: [UInt8], initializationVector: [UInt8], module: Text, generationID: Text
    ) -> Result<[UInt8], ControlError>

    /// A certificate for a server of a module.
    /// - Parameter commonName: a host name or an IP address, under which clients connect; 1 to 64 bytes.
    func serverCertificate(commonName: Text, module: Text) -> Result<WorkloadCertificate, ControlError>

    /// A certificate by which a module shows, as a client, who it is.
    func identityCertificate(module: Text) -> Result<WorkloadCertificate, ControlError>
}
