import CSQLite
import JSON

/// One compiled SQL statement. Keeps its database alive; used on the database's thread.
///
///     let insert = try database.prepare("INSERT INTO twin (name, body) VALUES (?, ?)")
///     try insert.bind(1, name)
///     try insert.bind(2, bytes)
///     try insert.run()
public final class Statement {
    private let database: Database
    private let sql: String
    private let handle: OpaquePointer

    init(_ database: Database, _ sql: String) throws(SQLiteError) {
        guard let connection = database.handle else { throw database.closed() }
        var compiled: OpaquePointer?
        var rest = 0
        let result = Text(sql).withBytes { bytes in
            var tail: UnsafePointer<CChar>?
            // Without bytes there is no address either, which SQLite takes as misuse.
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return SQLITE_OK }
            let flags = UInt32(SQLITE_PREPARE_PERSISTENT)
            let result = sqlite3_prepare_v3(connection, start, Int32(clamping: bytes.count), flags, &compiled, &tail)
            rest = tail.map { bytes.count - (UnsafeRawPointer($0) - UnsafeRawPointer(start)) } ?? 0
            return result
        }
        guard result == SQLITE_OK else { throw database.error(doing: SQLText.short(sql)) }
        guard let compiled else {
            throw SQLiteError(extendedCode: SQLITE_MISUSE, message: "\(database.path): there is no statement in '\(SQLText.short(sql))'")
        }
        guard rest == 0 else {
            sqlite3_finalize(compiled)
            let reason = "one statement at a time, but \(rest) bytes follow: \(SQLText.short(sql))"
            throw SQLiteError(extendedCode: SQLITE_MISUSE, message: "\(database.path): \(reason)")
        }
        self.database = database
        self.sql = sql
        self.handle = compiled
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Gives the parameter `index`, counted from 1, its value. Values stay until they are bound anew.
    ///
    /// - Throws: `SQLITE_RANGE` if there is no such parameter, `SQLITE_MISUSE` while the statement stands on a row.
    public func bind(_ index: Int, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, Int32(clamping: index), value))
    }

    /// As `bind` of an integer.
    public func bind(_ index: Int, _ value: Double) throws(SQLiteError) {
        try check(sqlite3_bind_double(handle, Int32(clamping: index), value))
    }

    /// As `bind` of an integer; the text is copied.
    public func bind(_ index: Int, _ value: Text) throws(SQLiteError) {
        try check(value.withBytes { martlet_sqlite_bind_text(handle, Int32(clamping: index), $0.baseAddress, UInt64($0.count)) })
    }

    /// As `bind` of an integer, as a blob; the bytes are copied.
    public func bind(_ index: Int, _ value: [UInt8]) throws(SQLiteError) {
        try check(value.withUnsafeBytes { martlet_sqlite_bind_blob(handle, Int32(clamping: index), $0.baseAddress, UInt64($0.count)) })
    }

    /// Runs the statement with these bytes as the blob of a parameter, without a copy of them.
    public func run(_ index: Int, blob: UnsafeRawBufferPointer) throws(SQLiteError) {
        // Where there are no bytes SQLite would take no address as NULL.
        guard blob.count > 0 else { return try bindAndRun(index, []) }
        try check(sqlite3_bind_blob64(handle, Int32(clamping: index), blob.baseAddress, UInt64(blob.count), nil))
        // The bytes are not there for longer than this call.
        defer { sqlite3_bind_null(handle, Int32(clamping: index)) }
        try run()
    }

    private func bindAndRun(_ index: Int, _ bytes: [UInt8]) throws(SQLiteError) {
        try bind(index, bytes)
        try run()
    }

    /// As `bind` of an integer, with NULL.
    public func bindNull(_ index: Int) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, Int32(clamping: index)))
    }

    /// Goes to the next row. False: there is none, and the statement is ready to be run again.
    public func step() throws(SQLiteError) -> Bool {
        guard database.handle != nil else { throw database.closed() }
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default:
            let error = database.error(doing: SQLText.short(sql))
            sqlite3_reset(handle)
            throw error
        }
    }

    /// Runs the statement to its end and ignores its rows.
    public func run() throws(SQLiteError) {
        while try step() {}
    }

    /// Leaves the rows that are not read yet. A statement that stands on a row holds the file's read lock.
    public func reset() {
        sqlite3_reset(handle)
    }

    private func check(_ result: Int32) throws(SQLiteError) {
        guard result != SQLITE_OK else { return }
        guard database.handle != nil else { throw database.closed() }
        throw database.error(doing: SQLText.short(sql))
    }
}

/// Columns of the row on which the statement stands, counted from 0. SQLite converts between types; NULL is 0 or empty.
extension Statement {
    /// The columns of each row; 0 for a statement without rows.
    public var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// Also true for a column that is not there.
    public func isNull(_ column: Int) -> Bool {
        sqlite3_column_type(handle, Int32(clamping: column)) == SQLITE_NULL
    }

    /// Text is read as a number as far as it is one.
    public func integer(_ column: Int) -> Int64 {
        sqlite3_column_int64(handle, Int32(clamping: column))
    }

    /// As `integer`.
    public func double(_ column: Int) -> Double {
        sqlite3_column_double(handle, Int32(clamping: column))
    }

    /// A copy; what is not UTF-8 is replaced by U+FFFD.
    public func text(_ column: Int) -> Text {
        // The text first: it decides what the bytes count.
        let start = sqlite3_column_text(handle, Int32(clamping: column))
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: column)))
        return Text(utf8: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// The bytes in place, until the statement goes on.
    public func withBytes<Result>(_ column: Int, _ use: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = sqlite3_column_blob(handle, Int32(clamping: column))
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: column)))
        return use(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    /// A copy.
    public func bytes(_ column: Int) -> [UInt8] {
        let start = sqlite3_column_blob(handle, Int32(clamping: column))
        let count = Int(sqlite3_column_bytes(handle, Int32(clamping: column)))
        return Array(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
