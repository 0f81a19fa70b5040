import CPOSIX

/// What the system refused to do with a file.
public struct FileError: Error, Equatable, Sendable {
    /// The system's error number, `ENOENT` for example.
    public let code: Int32
    public let path: String
    /// What was tried: "open", "write", …
    public let operation: String

    public init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// Of the call that just failed.
    static func last(_ operation: String, _ path: String) -> FileError {
        FileError(operation, path, code: martlet_errno())
    }

    /// `open /var/lib/martlet/lock: Permission denied`
    public var message: String {
        "\(operation) \(path): \(String(cString: strerror(code)))"
    }

    public static func == (left: FileError, right: FileError) -> Bool {
        left.code == right.code && left.message.utf8.elementsEqual(right.message.utf8)
    }
}
