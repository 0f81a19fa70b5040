import JSON
import ModuleLinks
import ModuleTwins
import SQLite

/// What the cloud holds of reported properties.
extension StateDatabase {
    /// What the cloud is still to be told of one identity.
    func pendingReport(of id: Int64, _ reported: TwinSection) -> Result<PendingReport, HubError> {
        do throws(SQLiteError) {
            let refused = try refusedReports(of: id)
            guard let cloud = try cloudReported(of: id) else {
                return .success(
                    PendingReport(patch: reported.properties, version: reported.version, isCloudKnown: false, refused: refused))
            }
            let patch = cloud.pending(reported: reported.properties, again: reported.tree.changed(after: cloud.version))
            return .success(PendingReport(patch: patch, version: reported.version, isCloudKnown: true, refused: refused))
        } catch {
            return .failure(HubError(readingTwins: path, error))
        }
    }

    /// Keeps what was learnt of the cloud. Inside a transaction.
    /// - Returns: why not, where it is not the disk's fault.
    func apply(_ update: CloudUpdate) throws(SQLiteError) -> HubError? {
        let identity = try statement("SELECT 1 FROM identities WHERE id = ?")
        try identity.bind(1, update.id)
        defer { identity.reset() }
        guard try identity.step() else { return HubError(.notFound, "the identity was deleted meanwhile") }
        var cloud = try cloudReported(of: update.id)
        switch update.kind {
        case .holds:
            var learnt = cloud ?? CloudReported(version: 0, held: JSONObject())
            learnt.holds(update.body, version: update.version)
            cloud = learnt
        case .took: cloud?.took(update.body, version: update.version)
        case .refused: cloud?.refused(update.body, version: update.version)
        }
        guard let cloud else {
            return HubError(.conflict, "what the cloud holds is not known: its document is to be read before a patch is sent")
        }
        try write(cloud, update.id)
        if case .refused(let reason, let atMs) = update.kind { try setAside(update, reason, atMs) }
        return nil
    }

    /// nil: it is not known; nor is it where the row is damaged, until the cloud's document is read again.
    private func cloudReported(of id: Int64) throws(SQLiteError) -> CloudReported? {
        let row = try statement("SELECT version, body, assumed FROM cloud_reported WHERE id = ?")
        try row.bind(1, id)
        defer { row.reset() }
        guard try row.step(), let held = StoredJSON.object(row.bytes(1)) else { return nil }
        let assumed = row.isNull(2) ? nil : StoredJSON.object(row.bytes(2))
        if assumed == nil && !row.isNull(2) { return nil }
        return CloudReported(version: UInt64(clamping: row.integer(0)), held: held, assumed: assumed)
    }

    private func write(_ cloud: CloudReported, _ id: Int64) throws(SQLiteError) {
        let row = try statement("INSERT OR REPLACE INTO cloud_reported VALUES (?, ?, ?, ?)")
        try row.bind(1, id)
        try row.bind(2, Int64(clamping: cloud.version))
        try row.bind(3, StoredJSON.bytes(cloud.held))
        if let assumed = cloud.assumed { try row.bind(4, StoredJSON.bytes(assumed)) } else { try row.bindNull(4) }
        try row.run()
    }

    private func setAside(_ update: CloudUpdate, _ reason: Text, _ atMs: Int64) throws(SQLiteError) {
        let row = try statement("INSERT INTO refused_reports (id, at, version, reason, patch) VALUES (?, ?, ?, ?, ?)")
        try row.bind(1, update.id)
        try row.bind(2, atMs)
        try row.bind(3, Int64(clamping: update.version))
        try row.bind(4, reason)
        try row.bind(5, StoredJSON.bytes(update.body))
        try row.run()
        let old = try statement(
            """
            DELETE FROM refused_reports WHERE id = ?1 AND sequence <=
                (SELECT sequence FROM refused_reports WHERE id = ?1 ORDER BY sequence DESC LIMIT 1 OFFSET ?2)
            """)
        try old.bind(1, update.id)
        try old.bind(2, Int64(RefusedReport.kept))
        try old.run()
    }

    private func refusedReports(of id: Int64) throws(SQLiteError) -> [RefusedReport] {
        let rows = try statement("SELECT at, version, reason, patch FROM refused_reports WHERE id = ? ORDER BY sequence")
        try rows.bind(1, id)
        defer { rows.reset() }
        var result: [RefusedReport] = []
        while try rows.step() {
            result.append(
                RefusedReport(
                    atMs: rows.integer(0), version: UInt64(clamping: rows.integer(1)), reason: rows.text(2),
                    patch: StoredJSON.object(rows.bytes(3)) ?? JSONObject()))
        }
        return result
    }
}
