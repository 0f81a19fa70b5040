import Files
import JSON
import ModuleLinks
import SQLite

/// The state folder's database file. Used by one thread at a time: the loop's while it opens and closes, the storage thread between.
final class StateDatabase: @unchecked Sendable {
    let path: String
    let database: Database
    /// By id; as committed.
    var queues: [Int64: StoredQueue] = [:]
    /// Of each queue, the last message that was there when the file was opened.
    var opened: [Int64: Int64] = [:]
    /// Where the bytes of messages are made.
    private var body = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    private var statements: [(sql: StaticString, statement: Statement)] = []

    /// Opens the file, or makes it.
    /// - Parameter vfs: SQLite's way to the disk, by its name; nil: its own.
    /// - Throws: HubError with file, reason and remedy. The file is left as it is then.
    init(path: String, vfs: String? = nil) throws(HubError) {
        var options = DatabaseOptions()
        options.mode = .existing
        options.vfs = vfs
        options.busyTimeoutMs = 200
        options.cacheKiB = 256
        options.applicationID = StateSchema.applicationID
        options.isExclusive = true
        // A file that is refused is left as it is, and what is in its log stays there.
        options.checkpointsWhenClosed = false
        let database: Database
        do throws(SQLiteError) {
            if Files.isTaken(path) {
                try StateDatabase.refuseEmpty(path)
            } else {
                try StateDatabase.make(path, options)
            }
            // A commit is on disk when it returns (FULL). The log has up to 4 MB: twins that change all the time are written to the file
            // once for many commits. The cache holds the pages of fifty of them.
            options.pragmas = [
                "journal_mode=WAL", "synchronous=FULL", "mmap_size=0", "wal_autocheckpoint=1000", "journal_size_limit=4194304",
            ]
            database = try Database.open(path, options: options)
            try StateDatabase.migrate(database)
        } catch {
            throw HubError(opening: path, error)
        }
        self.path = path
        self.database = database
    }

    /// Makes the file under another name first: one that bears the name has a schema, so that one that is empty has lost its content.
    private static func make(_ path: String, _ options: DatabaseOptions) throws(SQLiteError) {
        let new = path + ".new"
        do throws(FileError) {
            // What a start left that did not come to its end.
            for name in [new, new + "-journal", new + "-wal"] { try Files.remove(name) }
            // For the owner only; SQLite gives the files beside it the same rights.
            _ = try OpenFile(new, .create(permissions: 0o600))
        } catch {
            throw SQLiteError(error)
        }
        let database = try Database.open(new, options: options)
        try database.execute("PRAGMA synchronous=FULL")
        try migrate(database)
        database.close()
        do throws(FileError) {
            try Files.rename(new, to: path)
            try Files.syncFolder(Files.parent(path) ?? ".")
        } catch {
            throw SQLiteError(error)
        }
    }

    /// SQLite takes an empty file for a new database.
    private static func refuseEmpty(_ path: String) throws(SQLiteError) {
        do throws(FileError) {
            // Not its size: on a board of 32 bits there is none of a file of 2 GB.
            guard try Files.readHead(path, count: 1).isEmpty else { return }
        } catch {
            throw SQLiteError(error)
        }
        throw SQLiteError(damaged: "it is empty, and a database never is", path: path)
    }

    /// A statement, compiled when it is first used.
    func statement(_ sql: StaticString) throws(SQLiteError) -> Statement {
        // The texts are constants of the program, so their addresses tell them apart.
        for known in statements where known.sql.utf8Start == sql.utf8Start { return known.statement }
        let statement = try database.prepare(
            String(decoding: UnsafeBufferPointer(start: sql.utf8Start, count: sql.utf8CodeUnitCount), as: UTF8.self))
        statements.append((sql: sql, statement: statement))
        return statement
    }

    /// Runs `body` in one transaction: all of it is on disk when this returns, or nothing.
    func transaction<Value>(_ body: () throws(SQLiteError) -> Value) throws(SQLiteError) -> Value {
        try statement("BEGIN IMMEDIATE").run()
        do throws(SQLiteError) {
            let value = try body()
            try statement("COMMIT").run()
            return value
        } catch {
            // A full disk may have rolled back already.
            do throws(SQLiteError) { try statement("ROLLBACK").run() } catch {}
            throw error
        }
    }

    /// The file was read as a whole and is sound: from now on its log goes into it when it is closed. Pages that were read go out of memory.
    func isSound() {
        database.checkpointWhenClosed(true)
        do throws(SQLiteError) { try database.execute("PRAGMA shrink_memory") } catch {}
    }

    deinit {
        body.deallocate()
    }

    /// Memory of at least this size, until the next call.
    func scratch(_ size: Int) -> UnsafeMutableRawBufferPointer {
        // What a large message took is given back with the next one.
        if body.count < size || body.count > 4096 && size <= 4096 {
            body.deallocate()
            body = .allocate(byteCount: max(size, 4096), alignment: 16)
        }
        return body
    }

    func close() {
        statements = []
        database.close()
    }
}
