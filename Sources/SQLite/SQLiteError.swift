import CSQLite
import JSON

/// What SQLite refused, and where.
public struct SQLiteError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A primary result code, as `SQLITE_FULL`; see https://sqlite.org/rescode.html.
    public let code: Int32
    /// The extended result code; its low byte is `code`.
    public let extendedCode: Int32
    /// Names the file, what was done, and SQLite's reason.
    public let message: Text

    public init(extendedCode: Int32, message: Text) {
        self.code = extendedCode & 0xFF
        self.extendedCode = extendedCode
        self.message = message
    }

    public var description: String { message.string }

    /// The disk, or the limit that was set for the file, is full.
    public var isFull: Bool { code == SQLITE_FULL }

    /// The file is damaged, or is not of SQLite or not of this application.
    public var isCorrupt: Bool { code == SQLITE_CORRUPT || code == SQLITE_NOTADB }

    /// Another connection holds the file for longer than the busy timeout.
    public var isBusy: Bool { code == SQLITE_BUSY }

    /// A UNIQUE, NOT NULL, CHECK or foreign key rule does not allow it.
    public var isConstraint: Bool { code == SQLITE_CONSTRAINT }
}
