import CPOSIX
import Files
import JSON

/// The right to use a folder: no two hosts share a state folder or a runtime folder. Given up with its owner, and with the process
/// however it ends.
final class StateLock {
    private let file: OpenFile
    /// The host before this one was killed, or the machine lost power: its modules may still be there.
    let followsUncleanEnd: Bool

    /// - Throws: says who holds the folder, or why it cannot be used.
    init(folder: String, deviceID: Text) throws(StartError) {
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
            file = try OpenFile(Files.join(folder, "martlet.lock"), .openOrCreate(permissions: 0o600))
            guard try file.lock() else {
                let holder = (try? Files.read(file.path, limit: 1024)).map { Text(utf8: $0) } ?? "another process"
                throw FileError("lock", "\(folder) is in use by \(holder)", code: Self.isHeld)
            }
            followsUncleanEnd = try !file.readAll(limit: 1024).isEmpty
            try file.replaceContent(Array("martlet, process \(getpid()), device \(deviceID)".utf8))
        } catch {
            if error.code == Self.isHeld {
                throw StartError("\(error.path); stop that host first, or give this one a folder of its own")
            }
            throw StartError("cannot use the folder \(folder): \(error.message); it must be there and writable for this user")
        }
    }

    /// Says that nothing of this host is left. The folder stays locked until this object is gone.
    func endInOrder() {
        try? file.replaceContent([])
    }

    /// No error number of the system.
    private static let isHeld: Int32 = -1
}
