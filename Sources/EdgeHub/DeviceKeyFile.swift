import CPOSIX
import Files
public import JSON
public import ModuleIdentities
public import ModuleLinks

/// The master key of a device that has none of the cloud's: `keys/device.key` in the state folder, 32 bytes as base64 and a newline, for
/// the owner only. It stays where the state is set aside, so that it fits when that is brought back.
///
/// Only the host that has the state folder's lock may use it.
public enum DeviceKeyFile {
    /// Bytes of a key, as many as those of IoT Hub.
    static let keyLength = 32
    /// At most so many are kept aside.
    static let mostAside = 16
    private static let name = "device.key"

    /// Reads the key, or makes one if there is no file. Blocks; without enough randomness yet, as in the first seconds of a board's first
    /// start, until there is.
    /// - Throws: HubError that names file, reason and remedy; the file is left as it is.
    public static func load(directory: Text, log: (HubLogLevel, Text) -> Void) throws(HubError) -> DeviceKey {
        let path = path(directory)
        do throws(FileError) {
            if let secret = try read(path) {
                warnIfOpen(path, log)
                return DeviceKey(secret: secret)
            }
            let secret = try make(path, in: directory.string)
            if Files.exists(Files.join(directory.string, StateStore.name)) {
                log(
                    .warning,
                    "there was no \(path) beside the state, and the device has made a new key: tokens and connection strings of before are worth nothing; bring back the file if there is a copy"
                )
            } else {
                log(.info, "the device has made its key, \(path); the keys of its modules are derived from it")
            }
            return DeviceKey(secret: secret)
        } catch {
            throw refusal(error, path)
        }
    }

    /// Gives a file from which no key can be read another name, so that the next start makes a new key. A good one stays.
    /// - Returns: the new name, for the log; nil: nothing was wrong.
    /// - Throws: HubError that names what is in the way.
    public static func setDamagedAside(directory: Text) throws(HubError) -> Text? {
        let path = path(directory)
        do throws(FileError) {
            _ = try read(path)
            return nil
        } catch {}
        for number in 1...mostAside {
            let aside = "\(path).aside-\(number)"
            if Files.isTaken(aside) { continue }
            do throws(FileError) {
                try Files.rename(path, to: aside)
                try Files.syncFolder(Files.parent(path) ?? "/")
            } catch {
                throw HubError(
                    .storage, "\(error.message): a damaged key could not be set aside; the folder must be writable for this user")
            }
            return Text(aside)
        }
        throw HubError(
            .storage,
            "\(path): \(mostAside) keys are set aside already, as many as are kept; move or remove \(path).aside-1 and others first")
    }

    private static func path(_ directory: Text) -> String {
        Files.join(Files.join(directory.string, "keys"), name)
    }

    /// The key; nil: there is no file.
    /// - Throws: with code `EBADMSG` where the content is no key.
    private static func read(_ path: String) throws(FileError) -> [UInt8]? {
        let content: [UInt8]
        do throws(FileError) {
            content = try Files.read(path, limit: 256)
        } catch {
            switch error.code {
            // A link that leads nowhere is a key on a disk that is not there, and no reason to make another.
            case ENOENT where !Files.isTaken(path): return nil
            case EFBIG: throw damaged(path)
            default: throw error
            }
        }
        let text = Text(utf8: content.last == UInt8(ascii: "\n") ? content.dropLast() : content[...])
        guard let secret = Base64.decode(text), secret.count == keyLength else { throw damaged(path) }
        return secret
    }

    private static func damaged(_ path: String) -> FileError { FileError("read", path, code: EBADMSG) }

    /// Whole or not at all, also if the power fails.
    private static func make(_ path: String, in directory: String) throws(FileError) -> [UInt8] {
        let folder = Files.join(directory, "keys")
        try Files.makeFolder(folder, permissions: 0o700)
        let secret = try randomBytes()
        let new = path + ".new"
        try Files.remove(new)
        let file = try OpenFile(new, .create(permissions: 0o600))
        try file.replaceContent(Base64.encode(secret).bytes + [UInt8(ascii: "\n")])
        try file.sync()
        try Files.rename(new, to: path)
        try Files.syncFolder(folder)
        try Files.syncFolder(directory)
        return secret
    }

    private static func randomBytes() throws(FileError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: keyLength)
        while true {
            let count = getrandom(&bytes, keyLength, 0)
            if count == keyLength { return bytes }
            // The system gives so few bytes whole, or none when a signal comes.
            let code = martlet_errno()
            guard code == EINTR else { throw FileError("make a random key", "getrandom", code: code) }
        }
    }

    private static func warnIfOpen(_ path: String, _ log: (HubLogLevel, Text) -> Void) {
        for place in [path, Files.parent(path) ?? "/"] {
            guard let status = try? Files.status(place), status.permissions & 0o077 != 0 else { continue }
            let right = status.isFolder ? "700" : "600"
            log(.warning, "\(place) is open to other users, and the device's key is a secret: chmod \(right) \(place)")
        }
    }

    private static func refusal(_ error: FileError, _ path: String) -> HubError {
        let remedy: Text =
            switch error.code {
            case EBADMSG:
                "it is damaged: it should hold \(keyLength) bytes as base64, and is left as it is; bring back a copy, or begin with a new key by --reset-state, with which all tokens in use are worth nothing"
            case EACCES, EPERM:
                "the file must be readable and its folder writable for this user; or begin with a new key by --reset-state"
            case ENOTDIR: "what has the name of the folder is no folder: move it away"
            case ENOENT, ELOOP, EISDIR:
                "a file with \(keyLength) bytes as base64 should be there; bring it back, or begin with a new key by --reset-state"
            default: "folder and file must be readable and writable for this user, on a disk with room"
            }
        return HubError(
            .storage, error.code == EBADMSG ? "\(path): \(remedy)" : "\(error.message): the device's key cannot be used; \(remedy)")
    }
}
