import JSON
import ModuleIdentities

// `device.connectionString`, or the file it is in. The text is a secret: messages show nothing of it but the ids and host names that it
// shares with the manifest.
extension ManifestReader {
    /// Reads the connection string, and takes over what the manifest leaves to it. `id` is the manifest's, nil if that is not good.
    static func readConnection(_ object: ManifestObject, id: Text?, folder: Text, _ readFile: FileReader, into device: inout DeviceSettings)
    {
        let written = object.optional("connectionString")
        let file = object.optional("connectionStringFile")
        if written != nil, let file { file.error("connectionString is there too; keep one of them") }
        guard let member = written ?? file else { return }
        let place = written == nil ? file?.nonEmptyText().map { absolute($0, folder) } : nil
        guard let text = written == nil ? place.flatMap({ fileText($0, member, readFile) }) : writtenText(member) else { return }
        let prefix: Text = place.map { "\($0): " } ?? ""
        let connection: ConnectionString
        do throws(ConnectionStringError) {
            connection = try ConnectionString(parsing: text)
        } catch {
            return member.error("\(prefix)this is not a connection string: \(error.reason)")
        }
        if let module = connection.identity.moduleID {
            return member.error("\(prefix)this is the connection string of module \(module.quoted); use that of the device")
        }
        let lengths = SymmetricKeys.lengths
        if case .key(let key) = connection.credential, !lengths.contains(key.count) {
            return member.error(
                "\(prefix)SharedAccessKey has \(key.count) bytes; a key has \(lengths.lowerBound) to \(lengths.upperBound), and is written in base64"
            )
        }
        if let id, connection.identity.deviceID != id {
            member.error(
                "\(prefix)DeviceId is \(connection.identity.deviceID.quoted), and device.id is \(id.quoted); they must be the same")
        }
        if let name = object.optional("hubHostName")?.value.string {
            if !ASCII.equalIgnoringCase(name, connection.hostName) {
                member.error(
                    "\(prefix)HostName is \(connection.hostName.quoted), and device.hubHostName is \(name.quoted); make them the same, or leave out hubHostName"
                )
            }
        } else {
            device.hubHostName = connection.hostName
        }
        device.connection = connection
        let key: Text =
            connection.credential == .certificate
            ? "it holds no key, so those of the modules are derived from one that the device makes"
            : "the keys of the modules are derived from its key"
        member.note("\(key); the connection to the cloud is not used yet")
    }

    private static func writtenText(_ member: ManifestCursor) -> Text? {
        if let text = member.value.string { return text }
        member.error("this is not a connection string; use \"HostName=…;DeviceId=…;SharedAccessKey=…\"")
        return nil
    }

    /// Without what ends the line.
    private static func fileText(_ path: Text, _ member: ManifestCursor, _ readFile: FileReader) -> Text? {
        switch readFile(path, ConnectionString.maximumBytes + 2) {
        case .failure(let error):
            member.error("\(error.reason); the file must be there and hold one line, HostName=…;DeviceId=…;SharedAccessKey=…")
            return nil
        case .success(var bytes):
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            return Text(utf8: bytes)
        }
    }
}
