import JSON
import ModuleLinks
import SQLite

/// The state folder's database file. Used by one thread at a time: the loop's while it opens and closes, the storage thread between.
final class StateDatabase: @unchecked Sendable {
    let path: String
    let database: Database
    /// By id; as committed.
    var queues: [Int64: QueueTotals] = [:]
    private var statements: [(sql: StaticString, statement: Statement)] = []

    /// Opens the file, or makes it.
    /// - Throws: HubError with file, reason and remedy. The file is left as it is then.
    init(path: String) throws(HubError) {
        var options = DatabaseOptions()
        options.busyTimeoutMs = 200
        options.cacheKiB = 64
        options.applicationID = StateSchema.applicationID
        options.isExclusive = true
        // A commit is on disk when it returns (FULL).
        options.pragmas = ["journal_mode=WAL", "synchronous=FULL", "mmap_size=0", "wal_autocheckpoint=256", "journal_size_limit=1048576"]
        let database: Database
        do throws(SQLiteError) {
            database = try Database.open(path, options: options)
            try StateDatabase.migrate(database)
        } catch {
            throw HubError(opening: path, error)
        }
        self.path = path
        self.database = database
    }

    /// Brings a new file to the schema; other versions are refused.
    private static func migrate(_ database: Database) throws(SQLiteError) {
        let statement = try database.prepare("PRAGMA user_version")
        let version = try statement.step() ? statement.integer(0) : 0
        statement.reset()
        if version == StateSchema.version { return }
        guard version == 0 else { throw SQLiteError(unknownSchema: version, path: database.path) }
        try database.transaction { () throws(SQLiteError) in try database.execute(StateSchema.statements) }
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

    func close() {
        statements = []
        database.close()
    }
}
