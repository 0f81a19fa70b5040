import CSQLite
import JSON
import SQLite
import Testing

@Test func `every kind of value comes back as it was bound`() throws {
    let database = try Database.open(":memory:")
    try database.execute("CREATE TABLE t (a, b, c, d, e, f, g)")
    let insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, Int64.min)
    try insert.bind(2, 0.1)
    try insert.bind(3, Text("a\u{0}é"))
    try insert.bind(4, [UInt8](0...255))
    try insert.bindNull(5)
    try insert.bind(6, Text(""))
    try insert.bind(7, [UInt8]())
    try insert.run()

    let select = try database.prepare("SELECT *, typeof(f), typeof(g) FROM t")
    #expect(select.columnCount == 9)
    #expect(try select.step())
    #expect(select.integer(0) == .min)
    #expect(select.double(1) == 0.1)
    #expect(select.text(2) == "a\u{0}é")
    #expect(select.bytes(3) == [UInt8](0...255))
    #expect(select.isNull(4) && select.text(4) == "" && select.bytes(4) == [] && select.integer(4) == 0)
    #expect(select.text(7) == "text" && select.text(8) == "blob")
    #expect(try !select.step())
}

@Test func `a statement runs again after its end, after an error and after reset`() throws {
    let database = try Database.open(":memory:")
    try database.execute("CREATE TABLE t (v UNIQUE)")
    let insert = try database.prepare("INSERT INTO t VALUES (?)")
    for value in [1, 2, 2, 3] as [Int64] {
        try insert.bind(1, value)
        if value == 2, database.lastInsertRowID == 2 {
            #expect(failure { () throws(SQLiteError) in try insert.run() }.isConstraint)
        } else {
            try insert.run()
        }
    }
    let select = try database.prepare("SELECT v FROM t ORDER BY v")
    for _ in 0..<2 {
        #expect(try select.step())
        #expect(select.integer(0) == 1)
        select.reset()
    }
    var found: [Int64] = []
    while try select.step() { found.append(select.integer(0)) }
    #expect(found == [1, 2, 3])
}

@Test func `text that is not UTF-8 is repaired`() throws {
    let database = try Database.open(":memory:")
    let select = try database.prepare("SELECT CAST(x'61FF' AS TEXT)")
    #expect(try select.step())
    #expect(select.text(0) == "a\u{FFFD}")
}

@Test(arguments: ["", "  -- nothing", "SELECT 1; SELECT 2", "SELEKT 1", "SELECT * FROM nowhere"])
func `what is not exactly one statement is refused`(sql: String) throws {
    let database = try Database.open(":memory:")
    #expect(failure { () throws(SQLiteError) in _ = try database.prepare(sql) }.message.string.contains(":memory:"))
}

@Test func `a parameter that is not there is refused`() throws {
    let database = try Database.open(":memory:")
    let select = try database.prepare("SELECT ?")
    #expect(failure { () throws(SQLiteError) in try select.bind(2, 1.0) }.code == SQLITE_RANGE)
    #expect(failure { () throws(SQLiteError) in try select.bind(0, Text("x")) }.code == SQLITE_RANGE)
    #expect(failure { () throws(SQLiteError) in try select.bind(.max, [1]) }.code == SQLITE_RANGE)
}

@Test func `a column that is not there is null`() throws {
    let database = try Database.open(":memory:")
    let select = try database.prepare("SELECT 1")
    #expect(try select.step())
    #expect(select.isNull(1) && select.integer(-1) == 0 && select.text(.max) == "")
}

@Test func `a statement keeps its database`() throws {
    let select = try Database.open(":memory:").prepare("SELECT 42")
    #expect(try select.step())
    #expect(select.integer(0) == 42)
}
