import CPOSIX
import Files
import JSON

/// The right to use a folder: no two hosts share a state folder or a runtime folder. Given up with its owner, and with the process
/// however it ends.
final class StateLock {
    private let file: OpenFile
    /// The host before this one was killed, or the machine lost power.
    let followsUncleanEnd: Bool
    /// Processes of an earlier host may still be there. Where nothing was written down, a full disk may be the reason.
    let mayHaveLeftovers: Bool
    /// What stood there before.
    private let found: [UInt8]
    private var hasEndedInOrder = false

    /// - Throws: says who holds the folder, or why it cannot be used.
    init(folder: String, deviceID: Text) throws(StartError) {
        do throws(FileError) {
            try Files.makeFolder(folder, permissions: 0o700)
            file = try OpenFile(Files.join(folder, "martlet.lock"), .openOrCreate(permissions: 0o600))
            guard try file.lock() else {
                let holder = (try? Files.read(file.path, limit: 1024)).map { Text(utf8: Self.trimmed($0)) } ?? "another process"
                throw FileError("lock", "\(folder) is in use by \(holder)", code: Self.isHeld)
            }
            found = try file.readAll(limit: 1024)
            mayHaveLeftovers = !found.elementsEqual(Self.record("ended in order"))
            followsUncleanEnd = mayHaveLeftovers && !found.isEmpty
        } catch {
            if error.code == Self.isHeld {
                throw StartError("\(error.path); stop that host first, or give this one a folder of its own")
            }
            throw StartError("cannot use the folder \(folder): \(error.message); it must be there and writable for this user")
        }
        // On a full disk there is no room for a name; the lock holds all the same.
        try? file.replaceContent(Self.record("martlet, process \(getpid()), device \(deviceID)"))
    }

    deinit {
        giveUp()
    }

    /// The start was refused and leaves no trace. The folder stays locked until this object is gone.
    func giveUp() {
        if !hasEndedInOrder { try? file.replaceContent(found) }
    }

    /// Always of the same length, so that one is written over the other on a full disk too.
    private static func record(_ text: Text) -> [UInt8] {
        let bytes = Array(text.utf8.prefix(recordLength))
        return bytes + [UInt8](repeating: UInt8(ascii: " "), count: recordLength - bytes.count)
    }

    private static func trimmed(_ record: [UInt8]) -> ArraySlice<UInt8> {
        record[..<((record.lastIndex { $0 != UInt8(ascii: " ") } ?? -1) + 1)]
    }

    /// Enough for a device id of 128 bytes.
    private static let recordLength = 192

    /// Says that nothing of this host is left. The folder stays locked until this object is gone.
    func endInOrder() {
        hasEndedInOrder = true
        try? file.replaceContent(Self.record("ended in order"))
    }

    /// No error number of the system.
    private static let isHeld: Int32 = -1
}
