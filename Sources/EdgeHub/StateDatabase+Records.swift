import JSON
import ModuleIdentities
import ModuleTwins
import SQLite

/// Identities, and what belongs to them. All of it inside a transaction.
extension StateDatabase {
    /// Writes what of an identity has changed.
    func write(_ record: StateBatch.Record) throws(SQLiteError) {
        if let identity = record.identity { try write(identity, record) }
        if let twin = record.twin { try write(twin, record.id) }
        if let manifest = record.manifest {
            let row = try statement("INSERT OR REPLACE INTO manifest_desired VALUES (?, ?)")
            try row.bind(1, record.id)
            try row.bind(2, StoredJSON.bytes(manifest))
            try row.run()
            // The statement would keep it in memory.
            try row.bindNull(2)
        }
        if let session = record.session { try write(session, record.id) }
    }

    private func write(_ identity: IdentityRecord, _ record: StateBatch.Record) throws(SQLiteError) {
        let row =
            try record.isNew
            ? statement(
                """
                INSERT INTO identities (revision, managed_by, authentication, primary_key, secondary_key, id, device, module, generation)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
            : statement(
                "UPDATE identities SET revision = ?, managed_by = ?, authentication = ?, primary_key = ?, secondary_key = ? WHERE id = ?")
        try row.bind(1, Int64(clamping: identity.revision))
        try row.bind(2, identity.managedBy)
        try row.bind(3, identity.authentication == .sas ? "sas" : "none" as Text)
        try bind(row, 4, identity.primary)
        try bind(row, 5, identity.secondary)
        try row.bind(6, record.id)
        if record.isNew {
            try row.bind(7, record.device)
            try row.bind(8, record.name)
            try row.bind(9, Int64(bitPattern: identity.generation))
        }
        try row.run()
    }

    private func bind(_ row: Statement, _ place: Int, _ bytes: [UInt8]?) throws(SQLiteError) {
        if let bytes { try row.bind(place, bytes) } else { try row.bindNull(place) }
    }

    /// Empty: there is none any more.
    private func write(_ session: [UInt8], _ id: Int64) throws(SQLiteError) {
        if session.isEmpty { return try delete(statement("DELETE FROM sessions WHERE id = ?"), id) }
        let row = try statement("INSERT OR REPLACE INTO sessions VALUES (?, ?)")
        try row.bind(1, id)
        try row.bind(2, session)
        try row.run()
    }

    /// One row, found by its number; nothing else is touched.
    private func write(_ twin: Twin, _ id: Int64) throws(SQLiteError) {
        let row = try statement("INSERT OR REPLACE INTO twins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        try row.bind(1, id)
        try row.bind(2, Int64(clamping: twin.revision))
        try row.bind(3, twin.tags.stored)
        try bind(row, 4, twin.desired)
        try bind(row, 7, twin.reported)
        try row.run()
    }

    private func bind(_ row: Statement, _ place: Int, _ section: TwinSection) throws(SQLiteError) {
        try row.bind(place, section.tree.stored)
        try row.bind(place + 1, Int64(clamping: section.version))
        try row.bind(place + 2, section.lastUpdatedMs)
    }

    /// An identity with all that belongs to it.
    func deleteIdentity(_ id: Int64) throws(SQLiteError) {
        try delete(statement("DELETE FROM identities WHERE id = ?"), id)
        try delete(statement("DELETE FROM twins WHERE id = ?"), id)
        try delete(statement("DELETE FROM manifest_desired WHERE id = ?"), id)
        try delete(statement("DELETE FROM cloud_reported WHERE id = ?"), id)
        try delete(statement("DELETE FROM refused_reports WHERE id = ?"), id)
        try delete(statement("DELETE FROM sessions WHERE id = ?"), id)
    }

    private func delete(_ row: Statement, _ id: Int64) throws(SQLiteError) {
        try row.bind(1, id)
        try row.run()
    }
}
