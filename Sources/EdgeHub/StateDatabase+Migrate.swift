import JSON
import ModuleIdentities
import ModuleTwins
import SQLite

extension StateDatabase {
    /// Brings a file to the schema, in one transaction: it has the old schema or the new one, whatever happens. A later schema is refused.
    static func migrate(_ database: Database) throws(SQLiteError) {
        let statement = try database.prepare("PRAGMA user_version")
        let version = try statement.step() ? statement.integer(0) : 0
        statement.reset()
        switch version {
        case StateSchema.version: return
        case 0: try database.transaction { () throws(SQLiteError) in try database.execute(StateSchema.statements) }
        case 1...3:
            try database.transaction { () throws(SQLiteError) in
                if version < 2 { try migrateFrom1(database) }
                if version < 3 { try migrateFrom2(database) }
                // Schema 3 had no sessions.
                try database.execute(StateSchema.sessions + "PRAGMA user_version = \(StateSchema.version);")
            }
        default: throw SQLiteError(unknownSchema: version, path: database.path)
        }
    }

    /// Schema 1 had everything of a twin in one row, found by two texts; sections were JSON, times and generations text.
    private static func migrateFrom1(_ database: Database) throws(SQLiteError) {
        try database.execute("ALTER TABLE twins RENAME TO twins_1;" + StateSchema.identities)
        // The times are read by SQLite: whole seconds, and the digits behind the point.
        let rows = try database.prepare(
            """
            SELECT device, module, generation, revision, tags, desired, desired_version,
                   CAST(strftime('%s', desired_updated) AS INTEGER) * 1000 + CAST(substr(desired_updated, 21, 3) AS INTEGER),
                   reported, reported_version,
                   CAST(strftime('%s', reported_updated) AS INTEGER) * 1000 + CAST(substr(reported_updated, 21, 3) AS INTEGER),
                   manifest_desired
            FROM twins_1 ORDER BY device, module
            """)
        let identity = try database.prepare("INSERT INTO identities VALUES (?, ?, ?, ?, 1, ?, 'sas', NULL, NULL)")
        let twin = try database.prepare("INSERT INTO twins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let manifest = try database.prepare("INSERT INTO manifest_desired VALUES (?, ?)")
        var id: Int64 = 0
        while try rows.step() {
            id += 1
            let (device, module) = (rows.text(0), rows.text(1))
            func object(_ column: Int) throws(SQLiteError) -> JSONObject {
                if let object = StoredJSON.object(rows.bytes(column)) { return object }
                throw SQLiteError(damaged: "the twin of \(device)/\(module) is no JSON object", path: database.path)
            }
            try identity.bind(1, id)
            try identity.bind(2, device)
            try identity.bind(3, module)
            try identity.bind(4, rows.integer(2))
            try identity.bind(5, module.isEmpty ? "" : StateDatabase.managedByManifest)
            try identity.run()
            try twin.bind(1, id)
            try twin.bind(2, rows.integer(3))
            try twin.bind(3, tree(object(4), .none))
            for (place, column) in [(4, 5), (7, 8)] {
                let (version, updatedMs) = (rows.integer(column + 1), rows.integer(column + 2))
                // All of it counts as written when the section was last changed.
                let stamp = TwinStamp(ms: updatedMs, version: UInt64(clamping: version))
                try twin.bind(place, tree(object(column), stamp))
                try twin.bind(place + 1, version)
                try twin.bind(place + 2, updatedMs)
            }
            try twin.run()
            try manifest.bind(1, id)
            try manifest.bind(2, StoredJSON.bytes(object(11)))
            try manifest.run()
        }
        try database.execute("DROP TABLE twins_1;")
    }

    /// Schema 2 numbered the messages of all queues together, and knew when they came by the clock of the wall alone. Ticks go on from that
    /// clock, as it was at the last message. What came while the clock was not right counts as having come then.
    private static func migrateFrom2(_ database: Database) throws(SQLiteError) {
        let since = PlausibleClock.sinceMs
        let moment =
            "(SELECT coalesce(max(enqueued), 0) AS now FROM messages_2 WHERE enqueued BETWEEN \(since) AND \(TickClock.longest))"
        try database.execute(
            """
            ALTER TABLE messages RENAME TO messages_2;
            ALTER TABLE queues RENAME TO queues_2;
            \(StateSchema.messages)
            INSERT INTO messages SELECT (queue << 43) | sequence, came, CASE WHEN life > 0 THEN came + min(life, \(TickClock.longest)) ELSE 0 END,
                    enqueued, bytes, body
                FROM (SELECT queue, sequence, ttl AS life, enqueued, bytes, body,
                             CASE WHEN enqueued BETWEEN \(since) AND now THEN enqueued ELSE now END AS came
                      FROM messages_2 INDEXED BY messages_of_queue, \(moment) WHERE queue BETWEEN 1 AND \(MessageKey.lastQueue)
                          AND sequence BETWEEN 1 AND \(MessageKey.lastSequence) ORDER BY queue, sequence);
            INSERT INTO queues SELECT id, endpoint, priority, length, bytes, last_sequence, CASE WHEN length > 0 THEN 0 ELSE \(QueueTotals.never) END,
                    dropped_full, dropped_expired, dropped_unstored, now, now
                FROM queues_2, \(moment) WHERE id BETWEEN 1 AND \(MessageKey.lastQueue);
            DROP TABLE messages_2; DROP TABLE queues_2;
            """)
    }

    private static func tree(_ properties: JSONObject, _ stamp: TwinStamp) -> [UInt8] {
        TwinTree().merged(with: properties, stamp: stamp).stored
    }

    /// Of identities that are made because a manifest has their module.
    static let managedByManifest: Text = "IotEdge"
}
