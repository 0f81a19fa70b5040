/// The database of the state folder. The file's `user_version` says which schema it has.
///
/// A new schema: raise `version`, add its step to `StateDatabase+Migrate.swift`, and keep a dump of the old one in Tests/Golden.
enum StateSchema {
    /// `MARL`
    static let applicationID: Int32 = 0x4D41_524C
    static let version: Int64 = 2

    /// A new file.
    static let statements = identities + messages + "PRAGMA user_version = 2;"

    /// `module` is empty for the device's own identity; keys are NULL where they are derived. All other tables speak of an identity by its
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

    /// As in schema 1. `body` is as `MessageCodec` has it. `id` of a queue never changes its endpoint.
    private static let messages = """
        CREATE TABLE queues (
            id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, priority INTEGER NOT NULL, length INTEGER NOT NULL, bytes INTEGER NOT NULL,
            oldest INTEGER, last_sequence INTEGER NOT NULL, dropped_full INTEGER NOT NULL, dropped_expired INTEGER NOT NULL,
            dropped_unstored INTEGER NOT NULL);
        CREATE TABLE messages (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, enqueued INTEGER NOT NULL, ttl INTEGER NOT NULL,
            bytes INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX messages_of_queue ON messages (queue, sequence);

        """
}
