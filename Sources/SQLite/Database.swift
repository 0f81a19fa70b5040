import CSQLite
import JSON

/// A connection to one database file. Used by one thread at a time: there are no locks in it.
///
/// The file is closed when this object and all its statements are gone, or by `close()`.
public final class Database {
    /// The file, for messages.
    public let path: String
    private(set) var handle: OpaquePointer?

    private init(path: String, handle: OpaquePointer) {
        self.path = path
        self.handle = handle
    }

    deinit {
        close()
    }

    /// Opens a file. It is read at once, so that one that is no database fails here and not at the first statement.
    ///
    /// - Throws: `isCorrupt` for a file that is damaged, no database or another application's; else SQLite's code. Nothing stays
    ///   open then.
    public static func open(_ path: String, options: DatabaseOptions = DatabaseOptions()) throws(SQLiteError) -> Database {
        martlet_sqlite_configure()
        let flags: Int32
        switch options.mode {
        case .create: flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .existing: flags = SQLITE_OPEN_READWRITE
        case .readOnly: flags = SQLITE_OPEN_READONLY
        }
        var handle: OpaquePointer?
        let result =
            if let vfs = options.vfs {
                sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, vfs)
            } else {
                sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
            }
        guard let handle else { throw SQLiteError(extendedCode: SQLITE_NOMEM, message: "\(path): cannot open: out of memory") }
        // From here on the object closes the handle, also one that failed to open.
        let database = Database(path: path, handle: handle)
        guard result == SQLITE_OK else { throw database.error(doing: "cannot open") }

        sqlite3_busy_timeout(handle, options.busyTimeoutMs)
        if !options.checkpointsWhenClosed { database.checkpointWhenClosed(false) }
        // Before anything is read: the first access of a file in WAL mode decides.
        if options.isExclusive { try database.execute("PRAGMA locking_mode=EXCLUSIVE") }
        try database.execute("PRAGMA cache_size=-\(options.cacheKiB)")
        try database.claim(options.applicationID, isReadOnly: options.mode == .readOnly)
        for pragma in options.pragmas { try database.execute("PRAGMA \(pragma)") }
        return database
    }

    /// Closes the file. Statements that are still there fail from now on; the file itself is let go when the last of them is.
    public func close() {
        guard let handle else { return }
        self.handle = nil
        sqlite3_close_v2(handle)
    }

    /// Runs one or more statements without parameters and ignores their rows.
    public func execute(_ sql: String) throws(SQLiteError) {
        guard let handle else { throw closed() }
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(doing: SQLText.short(sql)) }
    }

    /// Compiles one statement, to be run many times.
    @inline(never)
    public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
        try Statement(self, sql)
    }

    /// Runs `body` in a transaction that writes: committed if it returns, rolled back if it or the commit throws. Transactions do
    /// not nest.
    public func transaction<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        try execute("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // A full disk may have rolled back already; then there is nothing left to roll back.
            if let handle, sqlite3_get_autocommit(handle) == 0 { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
            throw error
        }
    }

    /// Whether closing brings what is in the log into the file and removes the log, where this is the last connection.
    public func checkpointWhenClosed(_ isWanted: Bool) {
        if let handle { martlet_sqlite_checkpoint_when_closed(handle, isWanted ? 1 : 0) }
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE that finished.
    public var changes: Int { handle.map { Int(sqlite3_changes64($0)) } ?? 0 }

    /// The row id of the last INSERT.
    public var lastInsertRowID: Int64 { handle.map { sqlite3_last_insert_rowid($0) } ?? 0 }

    /// Reads the whole file and throws `isCorrupt` with the first fault found. Slow in large files.
    public func check() throws(SQLiteError) {
        let statement = try prepare("PRAGMA quick_check(1)")
        guard try statement.step() else { return }
        let report = statement.text(0)
        if report != "ok" { throw SQLiteError(extendedCode: SQLITE_CORRUPT, message: "\(path): damaged: \(report)") }
    }
}

extension Database {
    /// The error that SQLite reported last on this connection.
    func error(doing what: String) -> SQLiteError {
        guard let handle else { return closed() }
        let code = sqlite3_extended_errcode(handle)
        return SQLiteError(extendedCode: code, message: "\(path): \(what): \(String(cString: sqlite3_errmsg(handle)))")
    }

    func closed() -> SQLiteError {
        SQLiteError(extendedCode: SQLITE_MISUSE, message: "\(path): the database was closed")
    }

    /// Reads the file's header, and sees that the file is ours.
    private func claim(_ applicationID: Int32, isReadOnly: Bool) throws(SQLiteError) {
        let isNew = try integer("SELECT count(*) FROM sqlite_schema") == 0
        guard applicationID != 0 else { return }
        let found = try integer("PRAGMA application_id")
        if found == Int64(applicationID) { return }
        guard isNew, found == 0, !isReadOnly else {
            throw SQLiteError(
                extendedCode: SQLITE_NOTADB,
                message: "\(path): a database of another application: its application_id is \(found), not \(applicationID)")
        }
        try execute("PRAGMA application_id=\(applicationID)")
    }

    private func integer(_ sql: String) throws(SQLiteError) -> Int64 {
        let statement = try prepare(sql)
        return try statement.step() ? statement.integer(0) : 0
    }
}

/// SQL in messages.
enum SQLText {
    /// At most 60 bytes of it.
    static func short(_ sql: String) -> String {
        sql.utf8.count <= 60 ? sql : String(decoding: sql.utf8.prefix(60), as: UTF8.self) + "…"
    }
}
