import CSQLite
import Foundation
import JSON
import SQLite
import TestSupport
import Testing

/// The error of something that must fail.
func failure(_ body: () throws(SQLiteError) -> Void) -> SQLiteError {
    do throws(SQLiteError) {
        try body()
        Issue.record("did not fail")
        return SQLiteError(extendedCode: 0, message: "")
    } catch {
        return error
    }
}

private func openFiles() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
    }
}

@Test func `what was written is there after opening again`() throws {
    let folder = TemporaryFolder()
    var options = DatabaseOptions()
    options.applicationID = 0x4D41_5254
    options.pragmas = ["journal_mode=WAL", "synchronous=NORMAL"]
    do {
        let database = try Database.open(folder.path("a.db"), options: options)
        try database.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v); INSERT INTO t VALUES ('a', 1)")
        #expect(database.changes == 1)
        #expect(database.lastInsertRowID == 1)
        let mode = try database.prepare("PRAGMA journal_mode")
        #expect(try mode.step())
        #expect(mode.text(0) == "wal")
    }
    let database = try Database.open(folder.path("a.db"), options: options)
    let statement = try database.prepare("SELECT v FROM t WHERE k = ?")
    try statement.bind(1, Text("a"))
    #expect(try statement.step())
    #expect(statement.integer(0) == 1)
    try database.check()
}

@Test func `a path inside a file cannot be opened and says so`() throws {
    let folder = TemporaryFolder()
    try folder.write("x", to: "file")
    let error = failure { () throws(SQLiteError) in _ = try Database.open(folder.path("file/a.db")) }
    #expect(error.code == SQLITE_CANTOPEN)
    #expect(error.message.string.contains(folder.path("file/a.db")))
}

@Test func `an existing file is not made`() throws {
    let folder = TemporaryFolder()
    var options = DatabaseOptions()
    for mode in [DatabaseOptions.Mode.existing, .readOnly] {
        options.mode = mode
        let error = failure { () throws(SQLiteError) in _ = try Database.open(folder.path("none.db"), options: options) }
        #expect(error.code == SQLITE_CANTOPEN)
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path("none.db")))
}

@Test func `a file that is no database is refused, stays as it is and is let go`() throws {
    let folder = TemporaryFolder()
    let text = String(repeating: "no database at all. ", count: 100)
    let path = try folder.write(text, to: "a.db")
    let error = failure { () throws(SQLiteError) in _ = try Database.open(path) }
    #expect(error.isCorrupt)
    #expect(error.code == SQLITE_NOTADB)
    #expect(error.message.string.contains(path))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
    #expect(try !openFiles().contains { $0.hasPrefix(folder.path) })
}

@Test func `another application's database is refused`() throws {
    let folder = TemporaryFolder()
    do {
        let other = try Database.open(folder.path("a.db"))
        try other.execute("CREATE TABLE t (k)")
    }
    var options = DatabaseOptions()
    options.applicationID = 7
    let error = failure { () throws(SQLiteError) in _ = try Database.open(folder.path("a.db"), options: options) }
    #expect(error.isCorrupt)
    #expect(error.message.string.contains("another application"))
    #expect(try !openFiles().contains { $0.hasPrefix(folder.path) })
}

@Test func `a damaged file is found by check`() throws {
    let folder = TemporaryFolder()
    do {
        let database = try Database.open(folder.path("a.db"))
        try database.execute("CREATE TABLE t (k TEXT PRIMARY KEY, v)")
        let insert = try database.prepare("INSERT INTO t VALUES (?, zeroblob(500))")
        for index in 0..<200 {
            try insert.bind(1, Int64(index))
            try insert.run()
        }
    }
    let url = URL(fileURLWithPath: folder.path("a.db"))
    var bytes = try Data(contentsOf: url)
    for offset in 4096 * 3..<4096 * 6 { bytes[offset] = 0x5A }
    try bytes.write(to: url)
    let database = try Database.open(folder.path("a.db"))
    #expect(failure { () throws(SQLiteError) in try database.check() }.isCorrupt)
    #expect(failure { () throws(SQLiteError) in try database.execute("UPDATE t SET v = 1") }.isCorrupt)
}

@Test func `a full disk fails the transaction and loses nothing`() throws {
    let folder = TemporaryFolder()
    let database = try Database.open(folder.path("a.db"))
    try database.execute("CREATE TABLE t (v); INSERT INTO t VALUES ('kept'); PRAGMA max_page_count=4")
    let error = failure { () throws(SQLiteError) in
        try database.transaction { () throws(SQLiteError) in
            try database.execute("INSERT INTO t VALUES ('lost')")
            try database.execute("INSERT INTO t VALUES (zeroblob(100000))")
        }
    }
    #expect(error.isFull)
    try database.execute("PRAGMA max_page_count=1000")
    try database.transaction { () throws(SQLiteError) in try database.execute("INSERT INTO t VALUES ('next')") }
    let rows = try database.prepare("SELECT v FROM t ORDER BY rowid")
    var found: [Text] = []
    while try rows.step() { found.append(rows.text(0)) }
    #expect(found == ["kept", "next"])
}

@Test func `a transaction whose body fails is rolled back`() throws {
    let database = try Database.open(":memory:")
    try database.execute("CREATE TABLE t (v UNIQUE)")
    let error = failure { () throws(SQLiteError) in
        try database.transaction { () throws(SQLiteError) in try database.execute("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)") }
    }
    #expect(error.isConstraint)
    #expect(error.extendedCode == SQLITE_CONSTRAINT | 8 << 8)
    let count = try database.transaction { () throws(SQLiteError) in
        let count = try database.prepare("SELECT count(*) FROM t")
        return try count.step() ? count.integer(0) : -1
    }
    #expect(count == 0)
}

@Test func `a writer waits for another no longer than its timeout`() throws {
    let folder = TemporaryFolder()
    var options = DatabaseOptions()
    options.busyTimeoutMs = 1
    let first = try Database.open(folder.path("a.db"), options: options)
    try first.execute("CREATE TABLE t (v)")
    let second = try Database.open(folder.path("a.db"), options: options)
    try first.execute("BEGIN IMMEDIATE")
    #expect(failure { () throws(SQLiteError) in try second.execute("INSERT INTO t VALUES (1)") }.isBusy)
    try first.execute("COMMIT")
    try second.execute("INSERT INTO t VALUES (1)")
}

@Test func `a bad pragma fails the opening`() throws {
    let folder = TemporaryFolder()
    var options = DatabaseOptions()
    options.pragmas = ["journal_mode="]
    let error = failure { () throws(SQLiteError) in _ = try Database.open(folder.path("a.db"), options: options) }
    #expect(error.message.string.contains("PRAGMA journal_mode="))
    #expect(try !openFiles().contains { $0.hasPrefix(folder.path) })
}

@Test func `after close everything fails and the file is let go with the last statement`() throws {
    let folder = TemporaryFolder()
    let database = try Database.open(folder.path("a.db"))
    try database.execute("CREATE TABLE t (v)")
    var statement: Statement? = try database.prepare("SELECT * FROM t")
    database.close()
    database.close()
    #expect(failure { () throws(SQLiteError) in try database.execute("SELECT 1") }.message.string.contains("closed"))
    let stepped = failure { () throws(SQLiteError) in _ = try statement?.step() }
    #expect(stepped.message.string.contains("closed"))
    #expect(failure { () throws(SQLiteError) in _ = try database.prepare("SELECT 1") }.message.string.contains("closed"))
    statement = nil
    #expect(try !openFiles().contains { $0.hasPrefix(folder.path) })
}

@Test func `an exclusive connection needs no shared memory beside the log`() throws {
    let folder = TemporaryFolder()
    var options = DatabaseOptions()
    options.isExclusive = true
    options.pragmas = ["journal_mode=WAL"]
    for _ in 1...2 {
        let database = try Database.open(folder.path("a.db"), options: options)
        try database.execute("CREATE TABLE IF NOT EXISTS t (k); INSERT INTO t VALUES (1)")
        #expect(FileManager.default.fileExists(atPath: folder.path("a.db-wal")))
        #expect(!FileManager.default.fileExists(atPath: folder.path("a.db-shm")))
    }
}
