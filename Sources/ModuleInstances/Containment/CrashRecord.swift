import CPOSIX
import Files
public import JSON
public import ModuleImages

/// What ended the host, where that was a module in it: what the host leaves while it dies, and finds when it starts again.
///
/// ```
/// thermometer
/// sha256:5ccc6ca953d9ffaeebb4c1d0cc5b44714276849d5f5eddcd6efee50eb3ba32c8
/// SIGSEGV in receive, at libthermometer.so+0x11a9, address 0x8
/// ```
/// The file has always the same size, so that it can be written on a full disk; spaces fill it.
public struct CrashRecord: Equatable, Sendable {
    public let module: Text
    public let digest: ImageDigest
    /// For people.
    public let reason: Text

    static let size = 1024

    /// It held up the loop, and the host started itself again or ended for that.
    static let blocked: StaticString = "blocked the loop for "
    public var isRestart: Bool { reason.hasPrefix(Text("\(Self.blocked)")) }

    /// Opens the file of the state folder, takes the record from it, if there is one, and leaves it empty.
    ///
    /// - Returns: the file, open for the next record.
    static func take(_ path: String) throws(FileError) -> (file: OpenFile, record: CrashRecord?) {
        let file = try OpenFile(path, .openOrCreate(permissions: 0o600))
        let found = (try? file.readAll(limit: size)) ?? []
        try? file.replaceContent([UInt8](repeating: UInt8(ascii: " "), count: size))
        return (file, CrashRecord(found))
    }

    init?(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4, let digest = ImageDigest(text: Text(utf8: lines[1])) else { return nil }
        module = Text(utf8: lines[0])
        self.digest = digest
        reason = Text(utf8: lines[2])
    }
}

extension CrashRecord {
    /// The beginning of a record: what is appended is the reason.
    static func line(_ slot: UnsafeMutablePointer<ModuleSlot>, _ start: UnsafeMutablePointer<UInt8>) -> LineBuffer {
        var line = LineBuffer(start, capacity: size - 1)
        line.append(nameOf: slot)
        line.append("\n")
        line.append(digestOf: slot)
        line.append("\n")
        return line
    }
}
