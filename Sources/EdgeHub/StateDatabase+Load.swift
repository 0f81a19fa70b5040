import JSON
import ModuleIdentities
import ModuleLinks
import ModuleTwins
import SQLite

extension StateDatabase {
    /// All identities, their twins, and the numbers of all queues.
    func load() throws(HubError) -> StateSnapshot {
        do throws(SQLiteError) {
            var snapshot = StateSnapshot()
            (snapshot.queues, snapshot.mark) = try loadQueues()
            snapshot.records = try loadRecords()
            return snapshot
        } catch {
            throw HubError(opening: path, error)
        }
    }

    private func loadRecords() throws(SQLiteError) -> [StateBatch.Record] {
        let rows = try database.prepare(
            """
            SELECT identities.id, device, module, generation, identities.revision, managed_by, authentication, primary_key, secondary_key,
                   twins.id, twins.revision, tags, desired, desired_version, desired_updated, reported, reported_version, reported_updated,
                   body
            FROM identities LEFT JOIN twins USING (id) LEFT JOIN sessions USING (id) ORDER BY identities.id
            """)
        var result: [StateBatch.Record] = []
        while try rows.step() {
            let (device, name) = (rows.text(1), rows.text(2))
            let identity = ClientName.identity(name, device: device)
            guard !rows.isNull(9) else { throw SQLiteError(damaged: "\(identity.path) has no twin", path: path) }
            let record = IdentityRecord(
                identity: identity, generation: UInt64(bitPattern: rows.integer(3)), revision: UInt64(clamping: rows.integer(4)),
                managedBy: rows.text(5), authentication: try authentication(rows.text(6), of: identity),
                primary: rows.isNull(7) ? nil : rows.bytes(7), secondary: rows.isNull(8) ? nil : rows.bytes(8))
            let twin = Twin(
                identity: identity, generation: record.generation, revision: UInt64(clamping: rows.integer(10)),
                tags: try tree(rows, 11, of: identity), desired: try section(rows, 12, of: identity),
                reported: try section(rows, 15, of: identity))
            result.append(
                StateBatch.Record(
                    id: rows.integer(0), device: device, name: name, isNew: false, identity: record, twin: twin,
                    session: rows.isNull(18) ? nil : rows.bytes(18)))
        }
        return result
    }

    private func authentication(_ name: Text, of identity: ModuleIdentity) throws(SQLiteError) -> IdentityRecord.Authentication {
        if name == "sas" { return .sas }
        if name == "none" { return .none }
        throw SQLiteError(damaged: "the authentication of \(identity.path) is \(name.quoted), neither sas nor none", path: path)
    }

    private func section(_ rows: Statement, _ column: Int, of identity: ModuleIdentity) throws(SQLiteError) -> TwinSection {
        TwinSection(
            tree: try tree(rows, column, of: identity), version: UInt64(clamping: rows.integer(column + 1)),
            lastUpdatedMs: rows.integer(column + 2))
    }

    private func tree(_ rows: Statement, _ column: Int, of identity: ModuleIdentity) throws(SQLiteError) -> TwinTree {
        if let tree = TwinTree(stored: rows.bytes(column)) { return tree }
        throw SQLiteError(damaged: "the twin of \(identity.path) cannot be read", path: path)
    }
}
