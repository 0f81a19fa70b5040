/// The database of the state folder. The file's `user_version` says which schema it has.
///
/// A new schema: raise `version`, add its step to `StateDatabase+Migrate.swift`, and keep a dump of the old one in Tests/Golden.
enum StateSchema {
    /// `MARL`
    static let applicationID: Int32 = 0x4D41_524C
    static let version: Int64 = 4

    /// A new file.
    static let statements = identities + messages + sessions + "PRAGMA user_version = 4;"

    /// `device` is the host's own, `module` a `ClientName`: empty for the device's own identity, `/sensor-7` for a downstream device. So what
    /// another device has left in the file is told from what belongs to a downstream device of that id. Keys are NULL where they are derived. All other tables speak of an identity by its
    /// `id`, so that an update of a twin touches one row and no index. Sections and tags are as `TwinTree` has them, times in milliseconds
    /// since 1970. `cloud_reported.assumed` is NULL unless the cloud has refused something.
    static let identities = """
        CREATE TABLE identities (
            id INTEGER PRIMARY KEY, device TEXT NOT NULL, module TEXT NOT NULL, generation INTEGER NOT NULL, revision INTEGER NOT NULL,
            managed_by TEXT NOT NULL, authentication TEXT NOT NULL, primary_key BLOB, secondary_key BLOB, UNIQUE (device, module));
        CREATE TABLE twins (
            id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, tags BLOB NOT NULL,
            desired BLOB NOT NULL, desired_version INTEGER NOT NULL, desired_updated INTEGER NOT NULL,
            reported BLOB NOT NULL, reported_version INTEGER NOT NULL, reported_updated INTEGER NOT NULL);
        CREATE TABLE manifest_desired (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
        CREATE TABLE cloud_reported (id INTEGER PRIMARY KEY, version INTEGER NOT NULL, body BLOB NOT NULL, assumed BLOB);
        CREATE TABLE refused_reports (
            sequence INTEGER PRIMARY KEY, id INTEGER NOT NULL, at INTEGER NOT NULL, version INTEGER NOT NULL, reason TEXT NOT NULL,
            patch BLOB NOT NULL);
        CREATE INDEX refused_reports_of_identity ON refused_reports (id, sequence);

        """

    /// What a client has subscribed to, as the server of its protocol wrote it; `id` is that of its identity.
    static let sessions = "CREATE TABLE sessions (id INTEGER PRIMARY KEY, body BLOB NOT NULL);"

    /// The key of a message is of `MessageKey`, its body as `MessageCodec` has it; `expires` is 0 where it never is too old, and both that and
    /// `ticks`, when it came, are by `TickClock`; `enqueued` is when it came by the clock of the wall. `id` of a queue never changes its
    /// endpoint. Its row is written with each change, and so holds the moment of the last one: `ticks`, and `wall`, 0 where that was not right.
    static let messages = """
        CREATE TABLE queues (
            id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, priority INTEGER NOT NULL, length INTEGER NOT NULL, bytes INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL, next_expiry INTEGER NOT NULL, dropped_full INTEGER NOT NULL, dropped_expired INTEGER NOT NULL,
            dropped_unstored INTEGER NOT NULL, ticks INTEGER NOT NULL, wall INTEGER NOT NULL);
        CREATE TABLE messages (
            key INTEGER PRIMARY KEY, ticks INTEGER NOT NULL, expires INTEGER NOT NULL, enqueued INTEGER NOT NULL, bytes INTEGER NOT NULL,
            body BLOB NOT NULL);

        """
}
