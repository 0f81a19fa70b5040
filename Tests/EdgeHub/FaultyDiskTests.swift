import Foundation
import JSON
import Messages
import ModuleIdentities
import ModuleLinks
import ModuleTwins
import SQLite
import TestSupport
import Testing

@testable import EdgeHub

/// The first, second, third … write, fsync, open, truncation and deletion of a file fails, until the operation succeeds. What another start
/// reads then is the old state or the new one, never a mixture, and what was acknowledged is there.
@Suite(.serialized) struct FaultyDiskTests {
    private static let faults: [FaultyVFS.Fault] = [.once, .fromThenOn]
    private static let modules = 12

    /// Of each identity, by its id, the version of its reported properties.
    private typealias State = [Int64: UInt64]

    private func state(_ folder: TemporaryFolder) throws -> State {
        let database = try StateDatabase(path: folder.path("martlet.db"))
        defer { database.close() }
        try database.database.check()
        let records = try database.load().records
        // The row says what the version says.
        for record in records {
            let twin = try #require(record.twin)
            #expect(twin.reported.properties["n"] == (twin.reported.version == 1 ? nil : .integer(Int64(twin.reported.version))))
        }
        return State(uniqueKeysWithValues: records.map { ($0.id, $0.twin?.reported.version ?? 0) })
    }

    private func open(_ folder: TemporaryFolder) throws -> StateDatabase {
        let database = try StateDatabase(path: folder.path("martlet.db"), vfs: FaultyVFS.shared.name)
        _ = try database.load()
        database.isSound()
        return database
    }

    /// What the file says of its schema, and its tables in order.
    private func schema(_ folder: TemporaryFolder) throws -> (version: Int64, tables: Text) {
        let database = try Database.open(folder.path("martlet.db"))
        let version = try database.prepare("PRAGMA user_version")
        let tables = try database.prepare(
            "SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)")
        #expect(try version.step())
        #expect(try tables.step())
        return (version: version.integer(0), tables: tables.text(0))
    }

    private func records(_ database: StateDatabase) throws -> [StateBatch.Record] { try database.load().records }

    /// A batch that brings each twin to its next version.
    private func nextBatch(_ records: inout [StateBatch.Record]) throws -> StateBatch {
        var batch = StateBatch()
        for index in records.indices {
            var twin = try #require(records[index].twin)
            let padding = JSON.string(Text(String(repeating: "x", count: 1500)))
            _ = try twin.report(["n": .integer(Int64(twin.reported.version + 1)), "padding": padding], nowMs: 1)
            records[index].twin = twin
            batch.records.append(StateBatch.Record(id: records[index].id, device: "D", name: records[index].name, isNew: false, twin: twin))
        }
        return batch
    }

    /// A state with some twins.
    private func prepared() throws -> TemporaryFolder {
        let folder = TemporaryFolder()
        let database = try open(folder)
        defer { database.close() }
        var batch = StateBatch()
        for id in 1...Int64(Self.modules) {
            let identity = ModuleIdentity(deviceID: "D", moduleID: "m\(id)")
            batch.records.append(
                StateBatch.Record(
                    id: id, device: "D", name: "m\(id)", isNew: true, identity: IdentityRecord(identity: identity, generation: UInt64(id)),
                    twin: Twin(identity: identity, generation: UInt64(id), nowMs: 1), manifest: ["of": .integer(id)]))
        }
        _ = try database.commit(batch).get()
        return folder
    }

    /// Fails each call in turn, each time from the same beginning.
    /// - Parameters:
    ///   - operation: ends in true once what it does is acknowledged.
    ///   - isRight: looks at the folder afterwards.
    private func failEach(
        _ fault: FaultyVFS.Fault, from beginning: TemporaryFolder, atLeast: Int, _ operation: (TemporaryFolder) throws -> Bool,
        isRight: (TemporaryFolder, _ isAcknowledged: Bool, _ call: String) throws -> Void
    ) throws {
        var failures = 0
        for number in 1...2000 {
            let folder = TemporaryFolder()
            for name in try FileManager.default.contentsOfDirectory(atPath: beginning.path) {
                try FileManager.default.copyItem(atPath: beginning.path(name), toPath: folder.path(name))
            }
            FaultyVFS.shared.arm(number, fault)
            let isAcknowledged = try operation(folder)
            let didFail = FaultyVFS.shared.disarm()
            let call = FaultyVFS.shared.what
            try isRight(folder, isAcknowledged, call)
            guard didFail else {
                #expect(isAcknowledged)
                #expect(failures >= atLeast, "only \(failures) calls could fail")
                return
            }
            failures += 1
        }
        Issue.record("it does not come to an end")
    }

    @Test(arguments: faults) func `a new database is made whole or not at all`(_ fault: FaultyVFS.Fault) throws {
        try failEach(fault, from: TemporaryFolder(), atLeast: 6) { folder in
            guard let database = try? open(folder) else { return false }
            database.close()
            return true
        } isRight: { folder, _, call in
            let found = try state(folder)
            #expect(found.isEmpty, "\(call)")
        }
    }

    @Test(arguments: faults, [1, 2, 3]) func `a migration is whole or has not begun`(_ fault: FaultyVFS.Fault, from schema: Int) throws {
        let old = try MigrationTests.folder(schema)
        let beginning = TemporaryFolder()
        try FileManager.default.copyItem(atPath: old.path("state/martlet.db"), toPath: beginning.path("martlet.db"))
        let tablesBefore = try self.schema(beginning).tables
        try failEach(fault, from: beginning, atLeast: 6) { folder in
            guard let database = try? open(folder) else { return false }
            database.close()
            return true
        } isRight: { folder, isAcknowledged, call in
            let (version, tables) = try self.schema(folder)
            let isNew = version == StateSchema.version
            #expect(isNew || !isAcknowledged && version == Int64(schema), "\(call)")
            // Schemas 1 and 2 numbered by a table of SQLite's own.
            let own: Text = schema < 3 ? "sqlite_sequence," : ""
            let tablesAfter: Text = "cloud_reported,identities,manifest_desired,messages,queues,refused_reports,sessions,\(own)twins"
            #expect(tables == (isNew ? tablesAfter : tablesBefore), "\(call)")
            let opened = try StateDatabase(path: folder.path("martlet.db"))
            let snapshot = try opened.load()
            let length = schema == 3 ? 1 : 4
            #expect(snapshot.records.count == (schema == 2 ? 3 : 5) && snapshot.queues.map(\.length) == [length, length], "\(call)")
            #expect(try opened.read(queue: 1, after: 0).get().count == length, "\(call)")
            opened.close()
        }
    }

    @Test(arguments: faults, [false, true])
    func `a commit is whole or not there, and the next one goes on`(_ fault: FaultyVFS.Fault, withCheckpoint: Bool) throws {
        let beginning = try prepared()
        let before = try state(beginning)
        let after = before.mapValues { $0 + 1 }
        try failEach(fault, from: beginning, atLeast: withCheckpoint ? 20 : 3) { folder in
            guard let database = try? open(folder) else { return false }
            defer { database.close() }
            if withCheckpoint { try? database.database.execute("PRAGMA wal_autocheckpoint = 1") }
            guard var records = try? records(database) else { return false }
            guard case .success = database.commit(try nextBatch(&records)) else {
                guard fault == .once else { return false }
                // The same again: it starts from what is committed, as the hub does.
                records = try self.records(database)
                let result = database.commit(try nextBatch(&records))
                #expect((try? result.get()) != nil, "\(FaultyVFS.shared.what): the next commit fails")
                return true
            }
            return true
        } isRight: { folder, isAcknowledged, call in
            let found = try state(folder)
            #expect(found == after || !isAcknowledged && found == before, "\(call): \(found)")
        }
    }

    @Test(arguments: faults) func `what was acknowledged is there, whatever fails later`(_ fault: FaultyVFS.Fault) throws {
        let beginning = try prepared()
        var acknowledged: State = [:]
        try failEach(fault, from: beginning, atLeast: 20) { folder in
            acknowledged = try state(beginning)
            guard let database = try? open(folder) else { return false }
            defer { database.close() }
            try? database.database.execute("PRAGMA wal_autocheckpoint = 30")
            for _ in 1...5 {
                guard var records = try? records(database) else { return false }
                let next = try nextBatch(&records)
                if case .success = database.commit(next) {
                    for record in next.records { acknowledged[record.id] = record.twin?.reported.version }
                }
            }
            return true
        } isRight: { folder, _, call in
            let found = try state(folder)
            let later = acknowledged.mapValues { $0 + 1 }
            #expect(found == acknowledged || found == later, "\(call): \(found), acknowledged \(acknowledged)")
        }
    }

    @Test(arguments: faults) func `an identity goes with all that belongs to it, or stays with all of it`(_ fault: FaultyVFS.Fault) throws {
        let beginning = try prepared()
        let all = try state(beginning)
        try failEach(fault, from: beginning, atLeast: 3) { folder in
            guard let database = try? open(folder) else { return false }
            defer { database.close() }
            // Another of the same name takes its place.
            let identity = ModuleIdentity(deviceID: "D", moduleID: "m7")
            var batch = StateBatch()
            batch.deletions = [7]
            batch.records = [
                StateBatch.Record(
                    id: 99, device: "D", name: "m7", isNew: true, identity: IdentityRecord(identity: identity, generation: 99),
                    twin: Twin(identity: identity, generation: 99, nowMs: 1))
            ]
            if case .success = database.commit(batch) { return true }
            return false
        } isRight: { folder, isAcknowledged, call in
            let found = try state(folder)
            var gone = all
            gone[7] = nil
            gone[99] = 1
            #expect(found == gone || !isAcknowledged && found == all, "\(call): \(found)")
            let database = try Database.open(folder.path("martlet.db"))
            for table in ["twins", "manifest_desired"] {
                let rows = try database.prepare("SELECT count(*) FROM \(table) WHERE id = 7")
                #expect(try rows.step())
                #expect(rows.integer(0) == (found[7] == nil ? 0 : 1), "\(call): \(table)")
                rows.reset()
            }
            database.close()
        }
    }
}
