/// The database of the state folder. The file's `user_version` says which schema it has.
enum StateSchema {
    /// `MARL`
    static let applicationID: Int32 = 0x4D41_524C
    static let version: Int64 = 1

    /// `module` is empty for the device's own twin. `body` is as `MessageCodec` has it. `id` of a queue never changes its endpoint.
    static let statements = """
        CREATE TABLE twins (
            device TEXT NOT NULL, module TEXT NOT NULL, generation TEXT NOT NULL, revision INTEGER NOT NULL, tags TEXT NOT NULL,
            desired TEXT NOT NULL, desired_version INTEGER NOT NULL, desired_updated TEXT NOT NULL,
            reported TEXT NOT NULL, reported_version INTEGER NOT NULL, reported_updated TEXT NOT NULL,
            manifest_desired TEXT NOT NULL,
            PRIMARY KEY (device, module));
        CREATE TABLE queues (
            id INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, priority INTEGER NOT NULL, length INTEGER NOT NULL, bytes INTEGER NOT NULL,
            oldest INTEGER, last_sequence INTEGER NOT NULL, dropped_full INTEGER NOT NULL, dropped_expired INTEGER NOT NULL,
            dropped_unstored INTEGER NOT NULL);
        CREATE TABLE messages (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, enqueued INTEGER NOT NULL, ttl INTEGER NOT NULL,
            bytes INTEGER NOT NULL, body BLOB NOT NULL);
        CREATE INDEX messages_of_queue ON messages (queue, sequence);
        PRAGMA user_version = 1;
        """
}
